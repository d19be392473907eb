/** A name that a pickle refers to, such as `torch.FloatStorage`; nothing is looked up or called. */
export interface PickleGlobal {
  readonly global: string;
}

/** Stands for what a pickle would build by calling Python; the reader decides what it becomes. */
export interface PickleHandlers {
  /** `callable(*args)`; throws where it knows no such callable. */
  readonly call: (callable: string, args: readonly unknown[]) => unknown;
  /** An object that is kept outside of the pickle. */
  readonly persistent: (id: unknown) => unknown;
}

/**
 * Reads one pickle without executing anything: dictionaries become maps, lists and tuples arrays,
 * names stay names. Only the instructions that PyTorch's checkpoints consist of are known.
 *
 * @returns the value, and where in `bytes` the pickle ends
 * @throws {Error} where the pickle is damaged or has another instruction
 */
export function readPickle(
  bytes: Uint8Array,
  { at = 0, call, persistent }: PickleHandlers & { readonly at?: number },
): { value: unknown; end: number } {
  return new PickleReader(bytes, { at, call, persistent }).read();
}

const MARK = Symbol('mark');

class PickleReader {
  readonly #view: DataView;
  readonly #handlers: PickleHandlers;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #at: number;

  constructor(bytes: Uint8Array, { at, ...handlers }: PickleHandlers & { readonly at: number }) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
    this.#handlers = handlers;
  }

  read(): { value: unknown; end: number } {
    for (;;) {
      const code = this.#byte();
      if (code === 0x2e) return { value: this.#pop(), end: this.#at };
      this.#step(code);
    }
  }

  /** One instruction; the codes are those of Python's pickletools. */
  #step(code: number): void {
    switch (code) {
      case 0x80: // PROTO
        this.#byte();
        break;
      case 0x95: // FRAME
        this.#take(8);
        break;
      case 0x28: // MARK
        this.#push(MARK);
        break;
      case 0x4e: // NONE
        this.#push(null);
        break;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        this.#push(code === 0x88);
        break;
      case 0x4b: // BININT1
        this.#push(this.#byte());
        break;
      case 0x4d: // BININT2
        this.#push(this.#view.getUint16(this.#take(2), true));
        break;
      case 0x4a: // BININT
        this.#push(this.#view.getInt32(this.#take(4), true));
        break;
      case 0x8a: // LONG1
        this.#push(this.#long(this.#byte()));
        break;
      case 0x47: // BINFLOAT
        this.#push(this.#view.getFloat64(this.#take(8), false));
        break;
      case 0x58: // BINUNICODE
        this.#push(this.#text(this.#view.getUint32(this.#take(4), true)));
        break;
      case 0x8c: // SHORT_BINUNICODE
        this.#push(this.#text(this.#byte()));
        break;
      case 0x7d: // EMPTY_DICT
        this.#push(new Map());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.#push([]);
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#push(this.#popLast(code - 0x84));
        break;
      case 0x74: // TUPLE
        this.#push(this.#popToMark());
        break;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // APPENDS
        this.#append(this.#popToMark());
        break;
      case 0x73: // SETITEM
        this.#setItems(this.#popLast(2));
        break;
      case 0x75: // SETITEMS
        this.#setItems(this.#popToMark());
        break;
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        break;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#view.getUint32(this.#take(4), true), this.#top());
        break;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case 0x68: // BINGET
        this.#remember(this.#byte());
        break;
      case 0x6a: // LONG_BINGET
        this.#remember(this.#view.getUint32(this.#take(4), true));
        break;
      case 0x63: // GLOBAL
        this.#push({ global: `${this.#line()}.${this.#line()}` } satisfies PickleGlobal);
        break;
      case 0x93: // STACK_GLOBAL
        this.#push({ global: this.#popLast(2).join('.') } satisfies PickleGlobal);
        break;
      case 0x52: // REDUCE
        this.#reduce();
        break;
      case 0x62: // BUILD: attributes of the object below, which no tensor has
        this.#pop();
        if (!(this.#top() instanceof Map)) throw new Error('it sets attributes of an object');
        break;
      case 0x51: // BINPERSID
        this.#push(this.#handlers.persistent(this.#pop()));
        break;
      default:
        throw new Error(`it has the instruction 0x${code.toString(16)}`);
    }
  }

  #reduce(): void {
    const [callable, args] = this.#popLast(2);
    if (!isGlobal(callable) || !Array.isArray(args)) throw new Error('it calls what is no name');
    this.#push(this.#handlers.call(callable.global, args));
  }

  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new Error('it appends to what is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw new Error('it fills what is no dict');
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #top(): unknown {
    const value = this.#stack.at(-1);
    if (this.#stack.length === 0 || value === MARK) throw new Error('its stack is empty');
    return value;
  }

  #popLast(count: number): unknown[] {
    const values = this.#stack.splice(Math.max(0, this.#stack.length - count));
    if (values.length !== count || values.includes(MARK)) throw new Error('its stack is empty');
    return values;
  }

  #popToMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new Error('its stack has no mark');
    return this.#stack.splice(mark).slice(1);
  }

  #remember(index: number): void {
    if (!this.#memo.has(index)) throw new Error('it remembers what it never saw');
    this.#push(this.#memo.get(index));
  }

  /** Little endian, two's complement; PyTorch's own numbers have up to 10 bytes. */
  #long(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.#view.getUint8(start + i));
    }
    const signed = BigInt.asIntN(length * 8, value);
    const small = Number(signed);
    return Number.isSafeInteger(small) ? small : signed;
  }

  #text(length: number): string {
    const start = this.#view.byteOffset + this.#take(length);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, start, length));
  }

  #line(): string {
    const start = this.#at;
    while (this.#byte() !== 0x0a);
    const from = this.#view.byteOffset + start;
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, from, this.#at - 1 - start));
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Goes on by `length` bytes; returns where they start. */
  #take(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#view.byteLength) throw new Error('it ends early');
    return start;
  }
}

function isGlobal(value: unknown): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'global' in value;
}
