/** Exporting: what, as what, how a map looks, and the file. */
import type { ExportOptions } from '../../../../preload/contract/index.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import { Newest } from '../../../ui/newest.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { ENGINES, formatsFor, isMap, type EngineName } from './options.ts';

const PREVIEW = 384;
const PAUSE_MS = 200;

export class Exporting {
  what = $state<ExportOptions['what']>('result');
  format = $state<ExportOptions['format']>('png');
  engine = $state<EngineName>('unity');
  /** What tells the height: the id of a model, or brightness. */
  height = $state('brightness');
  relief = $state(2);
  invert = $state(false);
  busy = $state(false);
  error = $state<string>();
  /** The address of the map's preview. */
  preview = $state<string | null>(null);
  previewing = $state(false);
  readonly #drawing: OpenDrawing;
  readonly #maps = new Newest();

  /** Models that tell heights, of the library first. */
  readonly heights: readonly { id: string; title: string }[] = $derived([
    ...studio.modelsThat('height'),
    ...studio.startersLeft.filter(({ does }) => does === 'height'),
  ]);
  readonly byBrightness = $derived(this.height === 'brightness');
  readonly formats = $derived(formatsFor(this.what));
  readonly options: ExportOptions = $derived({
    ...{ format: this.format, what: this.what, relief: this.relief },
    height: this.byBrightness ? null : this.height,
    // A model says which places are high.
    invert: this.byBrightness && this.invert,
    normals: ENGINES[this.engine],
  });

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
    if (!drawing.modelKnown) this.choose('drawing');
    this.height = this.heights[0]?.id ?? this.height;
  }

  choose(what: ExportOptions['what']): void {
    const usual = this.formats[0];
    this.what = what;
    // What is usual for a height map is another thing than for a picture: 16 bits.
    if (this.formats[0] !== usual || !this.formats.includes(this.format)) this.format = this.formats[0]!;
  }

  /** Shows the map as it would be, once the sliders rest. */
  async look(): Promise<void> {
    this.#maps.stop();
    if (!isMap(this.what)) return;
    this.previewing = true;
    try {
      const png = await this.#maps.ask(this.preview ? PAUSE_MS : 0, () => this.#map());
      if (this.preview) URL.revokeObjectURL(this.preview);
      // A copy: the bytes may be a view of what came over the wire.
      this.preview = URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' }));
      this.error = undefined;
    } catch (error) {
      this.error = messageOf(error);
    }
    this.previewing = false;
  }

  /** Makes the file and downloads it. @returns whether it went well */
  async run(): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    try {
      await this.#saved();
      const { download, name } = await studio.call('drawings.export', {
        drawing: this.#drawing.id,
        options: this.options,
      });
      Object.assign(document.createElement('a'), { href: download, download: name }).click();
      studio.toast('info', t.sketch.export.done(name));
      return true;
    } catch (error) {
      this.error = messageOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  end(): void {
    this.#maps.stop();
    if (this.preview) URL.revokeObjectURL(this.preview);
  }

  async #map(): Promise<Uint8Array> {
    await this.#saved();
    const what = this.what === 'material' ? 'normal' : this.what;
    const { png } = await studio.call('drawings.mapPreview', {
      ...{ drawing: this.#drawing.id, options: { ...this.options, what } },
      size: PREVIEW,
    });
    return png;
  }

  /** The studio exports what is written down. @throws Error when it could not be */
  async #saved(): Promise<void> {
    const { saving, readOnly } = this.#drawing;
    if (readOnly || (await saving.save())) return;
    if (saving.problem) throw new Error(t.sketch.saving.failed(saving.problem));
  }
}
