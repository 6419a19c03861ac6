/** Keeps a list of nodes in step with a list of keyed items: adds, updates, moves and removes, and nothing more. */
export interface Keyed {
  readonly key: string;
}

/** What is done to the nodes. */
export interface Nodes<Item extends Keyed, Node> {
  /** A node for an item; `place` puts it in. */
  create: (item: Item) => Node;
  /** Items differ in something. */
  update: (node: Node, item: Item) => void;
  /** Puts a node, new or not, at an index among its siblings. */
  place: (node: Node, index: number) => void;
  remove: (node: Node) => void;
}

export class Reconciler<Item extends Keyed, Node> {
  readonly #nodes: Nodes<Item, Node>;
  #items: readonly Item[] = [];
  readonly #known = new Map<string, { item: Item; node: Node }>();

  constructor(nodes: Nodes<Item, Node>) {
    this.#nodes = nodes;
  }

  /**
   * Items whose properties are as before are not updated.
   * @returns whether anything was done
   * @throws RangeError where two items have one key
   */
  reconcile(items: readonly Item[]): boolean {
    const wanted = new Set(items.map(({ key }) => key));
    if (wanted.size < items.length) throw new RangeError('two items of a scene have the same key');
    let changed = false;
    // The order that the nodes have, as it changes under way.
    const order = this.#items.map(({ key }) => key).filter((key) => wanted.has(key));
    for (const { key } of this.#items)
      if (!wanted.has(key)) {
        this.#nodes.remove(this.#known.get(key)!.node);
        this.#known.delete(key);
        changed = true;
      }
    items.forEach((item, index) => {
      const known = this.#known.get(item.key);
      const node = known?.node ?? this.#nodes.create(item);
      if (known && !same(known.item, item)) {
        this.#nodes.update(node, item);
        changed = true;
      }
      this.#known.set(item.key, { item, node });
      if (order[index] === item.key) return;
      this.#nodes.place(node, index);
      if (known) order.splice(order.indexOf(item.key), 1);
      order.splice(index, 0, item.key);
      changed = true;
    });
    this.#items = items;
    return changed;
  }

  node(key: string): Node | undefined {
    return this.#known.get(key)?.node;
  }
}

function same<Item extends Keyed>(a: Item, b: Item): boolean {
  const keys = Object.keys(a) as (keyof Item)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
