import { LRUCache } from 'lru-cache';
import { bytesOf, type LiveBasket } from './live-basket.ts';

/** Room for the baskets of all sockets of a process: those that have not been mentioned for longest leave it. */
export type BasketRoom = LRUCache<object, LiveBasket>;

/** 30,000 baskets of 40 products, or 400 of the largest. */
const ROOM_BYTES = 128 * 1024 * 1024;

export function createBasketRoom(bytesMax = ROOM_BYTES): BasketRoom {
  return new LRUCache({ maxSize: bytesMax, sizeCalculation: bytesOf });
}

/** The baskets of one socket. One that has left the room is still open: its next change asks for the whole of it. */
export class OpenBaskets {
  readonly #room: BasketRoom;
  readonly #places = new Map<string, object>();

  constructor(room: BasketRoom) {
    this.#room = room;
  }

  /** With those that have left the room. */
  get size(): number {
    return this.#places.size;
  }

  isOpen(id: string): boolean {
    return this.#places.has(id);
  }

  get(id: string): LiveBasket | undefined {
    const place = this.#places.get(id);
    return place && this.#room.get(place);
  }

  set(id: string, basket: LiveBasket): void {
    const place = this.#places.get(id) ?? {};
    this.#places.set(id, place);
    this.#room.set(place, basket);
  }

  delete(id: string): void {
    const place = this.#places.get(id);
    if (place) this.#room.delete(place);
    this.#places.delete(id);
  }

  /** Closes all; returns those that are known. */
  takeAll(): [id: string, basket: LiveBasket][] {
    return [...this.#places.keys()].flatMap((id): [string, LiveBasket][] => {
      const basket = this.get(id);
      this.delete(id);
      return basket ? [[id, basket]] : [];
    });
  }
}
