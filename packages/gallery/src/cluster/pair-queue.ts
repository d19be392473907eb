/** Two groups, and how alike they were when the pair was put in. */
export interface GroupPair {
  a: number;
  b: number;
  similarity: number;
}

/**
 * Pairs of groups, the most alike first; of equally alike ones the pair with the smaller numbers, so
 * that the order never depends on how they came in. A binary heap in flat arrays: there are millions.
 */
export class PairQueue {
  #a: Int32Array;
  #b: Int32Array;
  #similarity: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    const room = Math.max(16, capacity);
    this.#a = new Int32Array(room);
    this.#b = new Int32Array(room);
    this.#similarity = new Float64Array(room);
  }

  push(a: number, b: number, similarity: number): void {
    if (this.#size === this.#a.length) {
      this.#grow();
    }
    let place = this.#size++;
    this.#a[place] = Math.min(a, b);
    this.#b[place] = Math.max(a, b);
    this.#similarity[place] = similarity;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) {
        return;
      }
      this.#swap(place, parent);
      place = parent;
    }
  }

  pop(): GroupPair | undefined {
    if (this.#size === 0) {
      return undefined;
    }
    const first = { a: this.#a[0]!, b: this.#b[0]!, similarity: this.#similarity[0]! };
    this.#swap(0, --this.#size);
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      let best = place;
      if (left < this.#size && this.#isBefore(left, best)) {
        best = left;
      }
      if (right < this.#size && this.#isBefore(right, best)) {
        best = right;
      }
      if (best === place) {
        return first;
      }
      this.#swap(place, best);
      place = best;
    }
  }

  #isBefore(x: number, y: number): boolean {
    const difference = this.#similarity[x]! - this.#similarity[y]!;
    if (difference !== 0) {
      return difference > 0;
    }
    return (
      this.#a[x]! - this.#a[y]! < 0 || (this.#a[x]! === this.#a[y]! && this.#b[x]! < this.#b[y]!)
    );
  }

  #swap(x: number, y: number): void {
    for (const column of [this.#a, this.#b, this.#similarity]) {
      const kept = column[x]!;
      column[x] = column[y]!;
      column[y] = kept;
    }
  }

  #grow(): void {
    const room = this.#a.length * 2;
    const grown = { a: new Int32Array(room), b: new Int32Array(room), s: new Float64Array(room) };
    grown.a.set(this.#a);
    grown.b.set(this.#b);
    grown.s.set(this.#similarity);
    this.#a = grown.a;
    this.#b = grown.b;
    this.#similarity = grown.s;
  }
}
