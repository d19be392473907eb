/** What is known of the faces that are to be grouped; a face is its row number. */
export interface FacesToGroup {
  /** Unit-length embeddings, one after the other. */
  embeddings: Float32Array;
  dimension: number;
  /** The group that a face is in already, from 0, or -1. Such groups may grow but never join. */
  groups: Int32Array;
  /** Two faces of one photo get into one group only where they were in it already. */
  photos?: ArrayLike<number>;
  /** By face: groups that it must not get into. */
  banned?: ReadonlyMap<number, ReadonlySet<number>>;
}

const NONE = -1;

/** Groups of faces that are being joined. A group goes by one of its faces, its root. */
export class FaceGroups {
  readonly #faces: FacesToGroup;
  readonly #parent: Int32Array;
  readonly #size: Int32Array;
  /** At a root: the group that it came as, or -1. */
  readonly #given: Int32Array;
  /** At a root of several faces: the sum of their embeddings. */
  readonly #sums = new Map<number, Float64Array>();
  /** At a root of several faces: their photos. */
  readonly #photos = new Map<number, Set<number>>();
  /** At a root: groups that its faces must not get into. */
  readonly #banned: Map<number, Set<number>>;

  constructor(faces: FacesToGroup) {
    const count = faces.groups.length;
    this.#faces = faces;
    this.#parent = Int32Array.from({ length: count }, (_, face) => face);
    this.#size = new Int32Array(count).fill(1);
    this.#given = faces.groups.slice();
    this.#banned = new Map(Array.from(faces.banned ?? [], ([face, set]) => [face, new Set(set)]));
    const roots = new Map<number, number>();
    for (const [face, group] of faces.groups.entries()) {
      if (group !== NONE) {
        const root = roots.get(group);
        roots.set(group, root === undefined ? face : this.join(root, face));
      }
    }
  }

  rootOf(face: number): number {
    let root = face;
    while (this.#parent[root] !== root) {
      // Halving the path on the way keeps later ways short.
      this.#parent[root] = this.#parent[this.#parent[root]!]!;
      root = this.#parent[root]!;
    }
    return root;
  }

  mayJoin(a: number, b: number): boolean {
    const [groupA, groupB] = [this.#given[a]!, this.#given[b]!];
    if (groupA !== NONE && groupB !== NONE) {
      return false;
    }
    if (this.#banned.get(a)?.has(groupB) || this.#banned.get(b)?.has(groupA)) {
      return false;
    }
    return this.#faces.photos === undefined || !this.#sharePhoto(a, b);
  }

  /** The mean cosine over all pairs of a face of `a` and a face of `b`. */
  similarity(a: number, b: number): number {
    const [sumA, sumB] = [this.#sumOf(a), this.#sumOf(b)];
    let product = 0;
    for (let i = 0; i < sumA.length; i++) {
      product += sumA[i]! * sumB[i]!;
    }
    return product / (this.#size[a]! * this.#size[b]!);
  }

  /** @returns the root of the two */
  join(a: number, b: number): number {
    const [root, other] = this.#size[a]! >= this.#size[b]! ? [a, b] : [b, a];
    this.#joinPhotos(root, other);
    const sum = this.#sums.get(root) ?? Float64Array.from(this.#sumOf(root));
    const added = this.#sumOf(other);
    for (let i = 0; i < sum.length; i++) {
      sum[i]! += added[i]!;
    }
    this.#sums.set(root, sum);
    this.#sums.delete(other);
    this.#parent[other] = root;
    this.#size[root]! += this.#size[other]!;
    this.#given[root] = Math.max(this.#given[root]!, this.#given[other]!);
    const banned = this.#banned.get(other);
    if (banned !== undefined) {
      this.#banned.set(root, new Set([...(this.#banned.get(root) ?? []), ...banned]));
    }
    return root;
  }

  /**
   * For each face its group: the one that it came with or has joined, a new one (numbers from the
   * next free one, in the order of their first faces), or -1 for a face that is alone.
   */
  labels(): Int32Array {
    const labels = new Int32Array(this.#parent.length).fill(NONE);
    let next = this.#faces.groups.reduce((most, group) => Math.max(most, group), NONE) + 1;
    const given = this.#given;
    for (let face = 0; face < labels.length; face++) {
      const root = this.rootOf(face);
      if (given[root] === NONE && this.#size[root]! > 1) {
        given[root] = next++;
      }
      labels[face] = given[root]!;
    }
    return labels;
  }

  #sumOf(root: number): Float64Array | Float32Array {
    const { embeddings, dimension } = this.#faces;
    return this.#sums.get(root) ?? embeddings.subarray(root * dimension, (root + 1) * dimension);
  }

  #photosOf(root: number): ReadonlySet<number> {
    return this.#photos.get(root) ?? new Set([this.#faces.photos![root]!]);
  }

  #sharePhoto(a: number, b: number): boolean {
    const [few, many] = this.#size[a]! < this.#size[b]! ? [a, b] : [b, a];
    const photos = this.#photosOf(many);
    for (const photo of this.#photosOf(few)) {
      if (photos.has(photo)) {
        return true;
      }
    }
    return false;
  }

  #joinPhotos(root: number, other: number): void {
    if (this.#faces.photos === undefined) {
      return;
    }
    const photos = this.#photos.get(root) ?? new Set(this.#photosOf(root));
    for (const photo of this.#photosOf(other)) {
      photos.add(photo);
    }
    this.#photos.set(root, photos);
    this.#photos.delete(other);
  }
}
