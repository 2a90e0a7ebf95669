import { drawUniform } from './seeded-draw.ts';
import { type ShopperTruth, TRUTH } from './shopper-truth.ts';
import type { Visit, WantedLine } from './shoppers.ts';

/** The outcome of one suggestion. */
export interface SimulatedOutcome {
  readonly productId: string;
  readonly result: 'accepted' | 'declined' | 'not-offered';
}

/** How a visit ends with the offers that were made. */
export interface ServedVisit {
  readonly outcomes: readonly SimulatedOutcome[];
  /** undefined if nothing was paid for. */
  readonly bought: readonly WantedLine[] | undefined;
  /** What would have been bought without the offers; undefined if nothing would have been paid for. */
  readonly otherwise: readonly WantedLine[] | undefined;
  readonly isAnnoyed: boolean;
  readonly isPleased: boolean;
  readonly leavesForGood: boolean;
  /** Pieces that the customer wanted but that were not on the shelf. */
  readonly missing: number;
}

/** Returns how many pieces can be sold now of the product at `place` in the catalogue. */
export type Shelf = (place: number) => number;

/**
 * Serves a visit twice with the same random draws: once with the offered products, and once as it would have been without them.
 * All draws are named after the basket, so only the offers make a difference.
 *
 * @param mood how open the customer is to offers; 1 is typical
 */
export function serveVisit(
  truth: ShopperTruth,
  visit: Visit,
  offered: readonly string[],
  shelf: Shelf,
  mood: number,
): ServedVisit {
  const draw = (what: string) => drawUniform(truth.seed, `${visit.basketId} ${what}`);
  const basket = onShelf(visit.basket, shelf);
  const further = onShelf(visit.further, shelf);
  const said = sayAll(truth, visit, offered, shelf, mood);
  const leavesAnyway = draw('leaves') < TRUTH.leaves;
  const leavesAnnoyed = said.isAnnoyed && draw('leaves annoyed') < TRUTH.annoyedLeavesBasket;
  const kept = further.filter(({ place }) => !said.dropped.has(place));
  const missing = piecesOf([...visit.basket, ...visit.further]) - piecesOf([...basket, ...further]);
  return {
    outcomes: said.outcomes,
    bought: leavesAnyway || leavesAnnoyed ? undefined : paid([...basket, ...kept, ...said.added]),
    otherwise: leavesAnyway ? undefined : paid([...basket, ...further]),
    isAnnoyed: said.isAnnoyed,
    isPleased: said.added.length > 0,
    leavesForGood: said.isAnnoyed && draw('leaves for good') < TRUTH.annoyedLeavesForGood,
    missing,
  };
}

/** The number of days after which a paid product is returned; undefined if it is kept. */
export function returnDays(truth: ShopperTruth, basketId: string, place: number): number | undefined {
  const name = `${basketId} ${truth.ids[place]}`;
  if (drawUniform(truth.seed, `${name} returned`) >= TRUTH.returned) return undefined;
  return 1 + Math.floor(TRUTH.returnDaysMax * drawUniform(truth.seed, `${name} return day`));
}

interface Said {
  readonly outcomes: readonly SimulatedOutcome[];
  readonly added: readonly WantedLine[];
  /** Places of the products that stay on the shelf because an offered product was bought instead. */
  readonly dropped: ReadonlySet<number>;
  readonly isAnnoyed: boolean;
}

function sayAll(
  truth: ShopperTruth,
  visit: Visit,
  offered: readonly string[],
  shelf: Shelf,
  mood: number,
): Said {
  const { basketId, agent, basket, further } = visit;
  const inBasket = basket.map(({ place }) => place);
  const outcomes: SimulatedOutcome[] = [];
  const added: WantedLine[] = [];
  const dropped = new Set<number>();
  let isAnnoyed = false;
  for (const productId of offered) {
    const draw = (what: string) => drawUniform(truth.seed, `${basketId} ${productId} ${what}`);
    const place = truth.placeOf.get(productId);
    const canSell = place !== undefined && shelf(place) > 0 && !inBasket.includes(place);
    if (!canSell || draw('said') >= agent.diligence) {
      outcomes.push({ productId, result: 'not-offered' });
      continue;
    }
    const wantsAnyway = further.some((line) => line.place === place);
    const appeal = truth.appeal(inBasket, place);
    const chance = Math.min(TRUTH.saidMax, appeal * agent.skill * mood);
    const accepts = wantsAnyway || draw('taken') < chance;
    outcomes.push({ productId, result: accepts ? 'accepted' : 'declined' });
    if (!accepts) isAnnoyed ||= appeal < TRUTH.badBelow;
    else if (wantsAnyway) dropped.delete(place);
    else {
      added.push({ place, quantity: Math.min(shelf(place), truth.quantity(`${basketId} ${productId}`)) });
      const left = further.find((line) => line.place !== place && !dropped.has(line.place));
      if (left && draw('instead') < TRUTH.instead) dropped.add(left.place);
    }
  }
  return { outcomes, added, dropped, isAnnoyed };
}

/** A customer who finds nothing pays nothing. */
function paid(lines: readonly WantedLine[]): readonly WantedLine[] | undefined {
  return lines.length > 0 ? lines : undefined;
}

function onShelf(lines: readonly WantedLine[], shelf: Shelf): WantedLine[] {
  return lines
    .map(({ place, quantity }) => ({ place, quantity: Math.min(quantity, shelf(place)) }))
    .filter(({ quantity }) => quantity > 0);
}

function piecesOf(lines: readonly WantedLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
