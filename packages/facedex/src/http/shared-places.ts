/** So much of the places is for those who hold none: one alone leaves it free, however slow it is. */
const FOR_OTHERS = 1 / 4;

/** Places that are taken and left, so that nobody has all of them for long. */
export class SharedPlaces {
  readonly #count: number;
  readonly #forOthers: number;
  readonly #heldBy = new Map<string, number>();
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
    this.#forOthers = Math.floor(count * FOR_OTHERS);
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * @param who null where there is nobody to share with
   * @returns whether there was a place
   */
  take(who: string | null): boolean {
    const held = this.#heldOf(who);
    if (this.#taken >= this.#count - (held > 0 ? this.#forOthers : 0)) return false;
    this.#hold(who, held + 1);
    this.#taken++;
    return true;
  }

  leave(who: string | null): void {
    this.#hold(who, this.#heldOf(who) - 1);
    this.#taken--;
  }

  #heldOf(who: string | null): number {
    return who === null ? 0 : (this.#heldBy.get(who) ?? 0);
  }

  #hold(who: string | null, places: number): void {
    if (who === null) return;
    if (places > 0) this.#heldBy.set(who, places);
    else this.#heldBy.delete(who);
  }
}
