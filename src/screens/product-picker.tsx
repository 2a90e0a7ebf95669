import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hueOf, isInCategory, shortCategory } from './category-chips.ts';
import type { Product } from './live-protocol.ts';
import type { Desk } from './use-desk.ts';
import type { ProductPick } from './use-products.ts';

interface ProductPickerProps {
  readonly desk: Desk;
  readonly pick: ProductPick;
  readonly searchField: RefObject<HTMLInputElement>;
}

/** A search field, and below it the results or the shelf of best sellers to tap. */
export function ProductPicker({ desk, pick, searchField }: ProductPickerProps) {
  const { entry, t } = desk;
  const [chosen, setChosen] = useState(-1);
  const results = pick.results?.products ?? [];
  useEffect(() => setChosen(-1), [pick.query]);

  const add = (product: Product) => {
    entry.add(product);
    pick.setQuery('');
    searchField.current?.blur();
  };
  const enter = async () => {
    const text = pick.query.trim();
    const product = results[chosen];
    if (product) return add(product);
    if (text === '') return;
    // The field is cleared for the next product before this one is found.
    const found = pick.decide();
    pick.setQuery('');
    if ((await entry.enter(text, found)) && searchField.current?.value === '') searchField.current.blur();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') void enter();
    else if (event.key === 'ArrowDown') setChosen(Math.min(results.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(-1, chosen - 1));
    else if (event.key === 'Escape') {
      pick.setQuery('');
      searchField.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section class="picker" aria-label={t.products}>
      <SearchField desk={desk} pick={pick} chosen={chosen} field={searchField} onKeyDown={onKeyDown} />
      <p class="hidden-label" role="status">
        {entry.added ? t.added(entry.added.name) : ''}
      </p>
      <Missing desk={desk} />
      {pick.results ? (
        <SearchResults desk={desk} pick={pick} chosen={chosen} onAdd={add} />
      ) : (
        <Shelf desk={desk} pick={pick} onAdd={add} />
      )}
    </section>
  );
}

/** Stays until somebody deals with it: the customer may be holding the product. */
function Missing({ desk: { entry, t } }: { desk: Desk }) {
  const { missing } = entry;
  if (missing.length === 0) return null;
  return (
    <p class="picker-note" role="alert" data-test="missing">
      <strong>{t.notAdded(missing.join(', '))}</strong>{' '}
      <button type="button" class="button button-quiet" onClick={() => entry.forgetMissing()}>
        {t.close}
      </button>
    </p>
  );
}

interface SearchFieldProps {
  readonly desk: Desk;
  readonly pick: ProductPick;
  readonly chosen: number;
  readonly field: RefObject<HTMLInputElement>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function SearchField({ desk: { t }, pick, chosen, field, onKeyDown }: SearchFieldProps) {
  const hasResults = (pick.results?.products.length ?? 0) > 0;
  return (
    <div class="search">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5" />
      </svg>
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="done"
        autocomplete="off"
        spellcheck={false}
        role="combobox"
        aria-label={t.search}
        aria-autocomplete="list"
        aria-expanded={hasResults}
        aria-controls={hasResults ? 'search-results' : undefined}
        aria-activedescendant={chosen >= 0 && hasResults ? `result-${chosen}` : undefined}
        placeholder={t.search}
        value={pick.query}
        onInput={(event) => pick.setQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        data-test="search"
      />
      <span class="keycap" aria-hidden="true">
        /
      </span>
    </div>
  );
}

interface ResultsProps {
  readonly desk: Desk;
  readonly pick: ProductPick;
  readonly chosen: number;
  readonly onAdd: (product: Product) => void;
}

function SearchResults({ desk, pick, chosen, onAdd }: ResultsProps) {
  const { t } = desk;
  const found = pick.results!;
  useEffect(() => {
    if (chosen >= 0) document.getElementById(`result-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  if (found.products.length === 0) return <p class="picker-note">{t.noResults(pick.query.trim())}</p>;
  return (
    <>
      {found.fromMemory && <p class="picker-note">{t.fromMemory}</p>}
      <div
        class="results"
        id="search-results"
        role="listbox"
        aria-label={t.searchResults}
        data-test="results"
      >
        {found.products.map((product, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox handles the keys
          // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox
          <div
            key={product.id}
            id={`result-${index}`}
            class="result"
            role="option"
            aria-selected={index === chosen}
            onClick={() => onAdd(product)}
            data-test="result"
            data-product={product.id}
          >
            <span class="result-name">{product.name}</span>
            <span class="result-category">{shortCategory(product)}</span>
            <Price desk={desk} product={product} />
          </div>
        ))}
      </div>
    </>
  );
}

function Shelf({ desk, pick, onAdd }: Omit<ResultsProps, 'chosen'>) {
  const { t } = desk;
  const { chips, shelf, category } = pick;
  const hue = (product: Product) => {
    const chip = chips.find((candidate) => isInCategory(product, candidate.path));
    return chip ? hueOf(chip.path) : 0;
  };
  return (
    <>
      <fieldset class="chips">
        <legend class="hidden-label">{t.categories}</legend>
        {[{ path: null, label: t.allCategories }, ...chips].map((chip) => (
          <button
            key={chip.path}
            type="button"
            class={chip.path === null ? 'chip' : `chip hue-${hueOf(chip.path)}`}
            aria-pressed={category === chip.path}
            onClick={() => pick.setCategory(chip.path)}
          >
            {chip.label}
          </button>
        ))}
      </fieldset>
      {shelf.fromMemory && <p class="picker-note">{t.fromMemory}</p>}
      {shelf.products.length === 0 && <p class="picker-note">{t.noProducts}</p>}
      <div class="shelf" data-test="shelf">
        {shelf.products.map((product) => (
          <button
            key={product.id}
            type="button"
            class={`tile hue-${hue(product)}`}
            onClick={() => onAdd(product)}
            data-test="tile"
            data-product={product.id}
          >
            <span class="tile-name">{product.name}</span>
            <Price desk={desk} product={product} />
          </button>
        ))}
      </div>
    </>
  );
}

function Price({ desk: { t, money }, product }: { desk: Desk; product: Product }) {
  if (product.unitPrice == null) return <span class="price price-none">{t.noPrice}</span>;
  return <span class="price">{money(product.unitPrice)}</span>;
}
