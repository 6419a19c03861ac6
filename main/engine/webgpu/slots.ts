/** Packs what a step makes and forgets into few buffers: two values share one where they are never there together. */

export interface Life {
  /** In bytes. */
  size: number;
  /** The kernel that makes it and the last that reads it, by their places in the step. */
  from: number;
  to: number;
}

export interface Packing {
  /** The bytes of each slot. */
  slots: number[];
  /** The slot of each value, in the order in which they were given. */
  slotOf: number[];
}

/** The largest first, each into the first slot that is free all its life: no slot grows, and few are needed. */
export function pack(lives: readonly Life[]): Packing {
  const order = lives.map((_, i) => i).sort((a, b) => lives[b]!.size - lives[a]!.size || a - b);
  const slots: { size: number; lives: Life[] }[] = [];
  const slotOf = new Array<number>(lives.length);
  for (const i of order) {
    const life = lives[i]!;
    const free = slots.findIndex((slot) => slot.lives.every(({ from, to }) => to < life.from || life.to < from));
    if (free >= 0) slots[free]!.lives.push(life);
    else slots.push({ size: life.size, lives: [life] });
    slotOf[i] = free >= 0 ? free : slots.length - 1;
  }
  return { slots: slots.map(({ size }) => size), slotOf };
}
