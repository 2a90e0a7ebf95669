import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../dist/screens'),
    emptyOutDir: true,
    // The gateway's content security policy is `default-src 'self'`, which does not allow data: URIs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: here('./index.html'),
        till: here('./till.html'),
        agent: here('./agent.html'),
        practice: here('./practice.html'),
        manager: here('./manager.html'),
        analyst: here('./analyst.html'),
        docs: here('./docs.html'),
      },
    },
  },
});
