/** Drawings as PSD files (Adobe's "Photoshop File Formats"), through ag-psd: its layers and ours. */
import { plainLayer } from '../../../preload/contract/layers/stack.ts';
import { LARGEST_DRAWING, type DrawingState } from '../../../preload/contract/schemas.ts';
import { UserError } from '../../errors.ts';
import { readLayers, writeLayers } from '../../engine/pictures/psd-layers.ts';
import { readComposite, readHeader, type Composite, type PsdHeader } from '../../engine/pictures/psd.ts';
import { isOpaque, pictureOf, type Painted, type Raster } from './picture.ts';
import { unseenFeatures } from './psd-features.ts';
import { fromPsd, paperOf, toPsd } from './psd-layers.ts';

/** What a file becomes: a drawing without a model. */
export interface OpenDrawing {
  state: Pick<DrawingState, 'width' | 'height' | 'paper'>;
  layers: Painted[];
  /** What a person should know: what was converted, or is not as it was. */
  notes: string[];
}

const SIGNATURE = 0x38425053; // "8BPS"

/** Whether the bytes are those of a PSD file. */
export const isPsd = (bytes: Uint8Array): boolean => bytes.length >= 26 && view(bytes).getUint32(0) === SIGNATURE;

/**
 * Opens a PSD or PSB. Where its layers, laid over each other, look as the picture that the file carries of itself, they
 * are the drawing, from the bottom to the top. Else that picture is, and the layers lie below it, hidden. `notes` say so. @throws UserError
 */
export async function openPsd(bytes: Uint8Array, file: string): Promise<OpenDrawing> {
  const header = readHeader(bytes, file);
  const { width, height } = header;
  if (width > LARGEST_DRAWING || height > LARGEST_DRAWING || width === 0 || height === 0)
    throw new UserError(
      `${file} is ${width} x ${height} pixels, and a drawing has at most ${LARGEST_DRAWING} on a side; make it smaller`,
    );
  const composite = await compositeOf(bytes, header);
  const read = readLayers(bytes);
  const cause = read instanceof Error ? read : undefined;
  const own = read instanceof Error ? [] : read;
  const paper = paperOf(own[0], header);
  const layers = fromPsd(paper ? own.slice(1) : own, header);
  if (layers.length === 0 && !composite)
    throw new UserError(`${file} cannot be read, as it is damaged or cut short; save it again`, { cause });
  const notes = [
    ...(header.mode.name === 'RGB' ? [] : [`It was in ${header.mode.name} colours, and was converted to RGB.`]),
    ...(header.depth > 8 ? [`It had ${header.depth} bits a channel; a drawing has 8.`] : []),
    ...(cause ? [`Its layers cannot be read (${cause.message}), so that it is one picture.`] : []),
  ];
  const whole = composite?.real
    ? composite.picture
    : pictureOf({ width, height, paper: 'transparent' }, layers, 'paint');
  const state = { width, height, paper: paper ?? paperUnder(whole) };
  return {
    state,
    ...choose({ layers, composite, uses: unseenFeatures(own) }, state, notes),
  };
}

/** The paper for a picture from elsewhere: none where one sees through it, so that it stays so. */
export const paperUnder = ({ data }: Raster): DrawingState['paper'] => (isOpaque(data) ? '#ffffff' : 'transparent');

/** The layers, or the picture of the whole with the layers hidden below it. */
function choose(
  { layers, composite, uses }: { layers: Painted[]; composite: Composite | null; uses: string[] },
  state: OpenDrawing['state'],
  notes: string[],
): Pick<OpenDrawing, 'layers' | 'notes'> {
  const using = uses.slice(0, 4).join(', ');
  if (!composite?.real && layers.length > 0) {
    const lost = `The file carries no picture of the whole, and its layers use ${using}, which a drawing does not have yet: it looks different. Save it with "maximise compatibility" to have it as it looks.`;
    return { layers, notes: uses.length > 0 ? [...notes, lost] : notes };
  }
  const whole = flattenedLayer(composite!.picture);
  if (layers.length === 0) return { layers: [whole], notes };
  const { mean, far } = difference(pictureOf(state, layers, 'paint'), composite!.picture);
  const differs = `${(Math.round(mean * 10) / 10).toLocaleString('en')} of 255 on average`;
  if (uses.length === 0 && mean <= MOST_MEAN && far <= MOST_FAR)
    return {
      layers,
      notes: mean >= WORTH_SAYING ? [...notes, `Its layers differ from how it was saved by ${differs}.`] : notes,
    };
  const why =
    uses.length > 0 ? `Its layers use ${using}, which a drawing does not have yet` : 'Its layers look different here';
  const kept = atMost(layers, MOST_LAYERS - 1).map((painted) => ({
    ...painted,
    layer: { ...painted.layer, visible: false },
  }));
  const cut = layers.length > kept.length ? ` (the lowest ${kept.length} of ${layers.length})` : '';
  const said = `${why}: it is opened as one picture, as it was saved, with the layers${cut} hidden below it.${mean >= WORTH_SAYING ? ` Laid over each other they differ from it by ${differs}.` : ''}`;
  return { layers: [...kept, whole], notes: [...notes, said] };
}

/** How much layers may differ from the picture: on average, and the share of pixels that do by much. */
const [MOST_MEAN, MOST_FAR, MUCH, WORTH_SAYING] = [1, 0.002, 16, 0.1];
/** What is see-through is laid over white in a file, and taken from it again: both are rounded, each in its own way. */
const ROUNDED = 2;
const MOST_LAYERS = 200;

/** The lowest layers, without their groups where those would be cut through. */
const atMost = (layers: readonly Painted[], most: number): readonly Painted[] =>
  layers.length <= most
    ? layers
    : layers
        .filter(({ layer }) => layer.role !== 'group')
        .slice(0, most)
        .map((painted) => ({ ...painted, layer: { ...painted.layer, group: null } }));

async function compositeOf(bytes: Uint8Array, header: PsdHeader): Promise<Composite | null> {
  try {
    return await readComposite(bytes, header);
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith('Z_')) return null; // cut short
    throw error;
  }
}

const flattenedLayer = ({ width, height, data }: Raster<Uint8Array>): Painted => ({
  layer: plainLayer({ id: 'psd-whole', title: 'As saved' }),
  region: { left: 0, top: 0, width, height, bytes: data },
  mask: null,
});

/** By how much two pictures differ over white, more than by rounding: on average, and the share of pixels that do by much. */
export function difference(a: Raster<Uint8Array>, b: Raster<Uint8Array>): { mean: number; far: number } {
  let [sum, far] = [0, 0];
  const over = ({ data }: Raster<Uint8Array>, at: number, c: number): number =>
    255 - ((255 - data[at + c]!) * data[at + 3]!) / 255;
  for (let at = 0; at < a.data.length; at += 4) {
    const apart = [0, 1, 2].map((c) => Math.max(0, Math.abs(over(a, at, c) - over(b, at, c)) - ROUNDED));
    sum += apart[0]! + apart[1]! + apart[2]!;
    if (Math.max(...apart) > MUCH) far++;
  }
  const pixels = a.data.length / 4;
  return { mean: sum / (3 * pixels), far: far / pixels };
}

/** A PSD with these layers, from the bottom to the top. The picture of the whole is what those that are visible give. */
export function writePsd({
  width,
  height,
  layers,
}: {
  width: number;
  height: number;
  layers: readonly Painted[];
}): Uint8Array {
  // A file knows nothing of what a layer is for.
  const painted = layers.map(({ layer, ...rest }) => ({
    ...rest,
    layer: { ...layer, role: layer.role === 'group' ? layer.role : 'paint' } as const,
  }));
  const { data } = pictureOf({ width, height, paper: 'transparent' }, painted, 'paint');
  return writeLayers({ width, height, data }, toPsd(layers));
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
