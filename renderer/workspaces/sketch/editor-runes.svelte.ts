/** The editor as components see it: its getters, which follow its changes. */
import type { Editor } from '../../canvas/editor.ts';
import type { Change } from '../../canvas/types.ts';

export class EditorRunes {
  readonly #editor: Editor;
  #state = $state(0);
  #tool = $state(0);
  #selection = $state(0);
  #history = $state(0);
  #overlay = $state(0);
  /** Counts changes of pixels that are over: for small pictures of layers. */
  #pixels = $state(0);

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  readonly hear = (change: Change): void => {
    if (change.kind === 'pixels') {
      if (!change.running) this.#pixels++;
    } else if (change.kind === 'state') this.#state++;
    else if (change.kind === 'tool') this.#tool++;
    else if (change.kind === 'selection') this.#selection++;
    else if (change.kind === 'history') this.#history++;
    else this.#overlay++;
  };

  get state(): Editor['state'] {
    void this.#state;
    return this.#editor.state;
  }
  get active(): Editor['state']['layers'][number] {
    const { layers, active } = this.state;
    return layers.find(({ id }) => id === active) ?? layers[0]!;
  }
  get tool(): Editor['tool'] {
    void this.#tool;
    return this.#editor.tool;
  }
  get settings(): Editor['settings'] {
    void this.#tool;
    return this.#editor.settings;
  }
  get symmetry(): Editor['symmetry'] {
    void this.#tool;
    return this.#editor.symmetry;
  }
  /** The pen is on the active layer's mask. */
  get masks(): boolean {
    void this.#state;
    return this.#editor.document.masks;
  }
  get colour(): string {
    void [this.#tool, this.#state];
    return this.#editor.colour;
  }
  get secondary(): string {
    void [this.#tool, this.#state];
    return this.#editor.secondary;
  }
  get selection(): Editor['selection'] {
    void this.#selection;
    return this.#editor.selection;
  }
  get canUndo(): boolean {
    void this.#history;
    return this.#editor.canUndo;
  }
  get canRedo(): boolean {
    void this.#history;
    return this.#editor.canRedo;
  }
  /** A piece was lifted off and is being moved. */
  get floating(): boolean {
    void this.#overlay;
    return this.#editor.overlays.some(({ kind }) => kind === 'floating');
  }
  get pixels(): number {
    return this.#pixels;
  }
}
