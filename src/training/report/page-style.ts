/** Style of the evaluation's page: light, dark on dark screens, always light on paper. */
export const PAGE_STYLE = `
:root {
  --ink: #1a1f27; --soft: #5b6675; --line: #dde2e9; --paper: #fff; --sunken: #f5f7fa; --warn: #8a3b00; --warn-paper: #fff2e2;
  --main-0: #17458f; --main-1: #3f74c4; --main-2: #88acdf; --main-3: #c6d8f2;
  --other-0: #4a5360; --other-1: #79828f; --other-2: #a9b1bc; --other-3: #d5dae1;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ebf0; --soft: #9da8b8; --line: #333b47; --paper: #14181e; --sunken: #1c2129; --warn: #ffbe7d; --warn-paper: #3a2610;
    --main-0: #a9caff; --main-1: #6b9ce6; --main-2: #41699f; --main-3: #2a4366;
    --other-0: #c3cad4; --other-1: #8f98a5; --other-2: #5f6875; --other-3: #3c444f;
  }
}
* { box-sizing: border-box; }
body { max-width: 58rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0; font-size: 1.75rem; overflow-wrap: anywhere; }
h2 { margin: 0 0 .5rem; font-size: 1.125rem; }
h2::first-letter { text-transform: uppercase; }
section { margin-top: 2.25rem; break-inside: avoid; overflow-x: auto; }
p { max-width: 46rem; margin: .5rem 0; }
.notice, .legend { color: var(--soft); }
.warning { padding: .6rem .9rem; border-left: 4px solid var(--warn); background: var(--warn-paper); color: var(--warn); font-weight: 600; }
.verdict { font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.figures li { padding: .75rem .9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); }
.figures span, .figures strong, .figures small { display: block; }
.figures strong { font-size: 1.5rem; line-height: 1.3; }
.figures span, .figures small { color: var(--soft); font-size: .8125rem; }
.legend { font-size: .875rem; }
.legend span { margin-right: .6rem; white-space: nowrap; }
.legend svg { width: .75rem; height: .75rem; vertical-align: -.05rem; }
svg text { fill: var(--ink); font-size: 13px; }
svg text.note { fill: var(--soft); font-size: 12px; }
.bars { display: block; width: 100%; min-width: 30rem; max-width: 46rem; }
.methods .main text { font-weight: 600; } .methods .main text.note { font-weight: 400; }
.shade-0 { fill: var(--other-0); } .shade-1 { fill: var(--other-1); } .shade-2 { fill: var(--other-2); } .shade-3 { fill: var(--other-3); }
.main .shade-0 { fill: var(--main-0); } .main .shade-1 { fill: var(--main-1); } .main .shade-2 { fill: var(--main-2); } .main .shade-3 { fill: var(--main-3); }
.reliability { display: block; width: 24rem; max-width: 100%; }
.reliability path { fill: none; stroke: var(--line); }
.reliability .honest { stroke: var(--soft); stroke-dasharray: 5 4; }
.reliability .spread { stroke: var(--main-1); stroke-width: 1.5; }
.reliability circle { fill: var(--main-1); stroke: var(--paper); }
table { border-collapse: collapse; margin-top: .75rem; font-size: .8125rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; white-space: normal; }
th:first-child, .facts td { text-align: left; }
.facts td { white-space: normal; overflow-wrap: anywhere; }
@page { margin: 16mm; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } section { overflow: visible; } table { font-size: 7.5pt; } th, td { padding: .2rem .35rem; } .bars { min-width: 0; } }
`;
