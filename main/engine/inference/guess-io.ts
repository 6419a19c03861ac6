/**
 * What a model of another tool probably takes. What an ONNX file says of its shapes is a hint; running it is the truth.
 * Nothing tells which values stand for black and white, or which channel is red: this is a guess that a person can
 * change, and that is used only once they said that it is right.
 */
import type { PictureIo } from '../../../preload/contract/index.ts';
import { CONVERTED } from '../../../models/onnx/border.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { Foreign, shown } from './foreign.ts';
import { findLengths, type Lengths } from './guess-lengths.ts';
import { answerOf, guessRange, guessWay, synthetic, WAYS, type Answers, type Way } from './guess-range.ts';
import { Trial, type Seen } from './trial.ts';
import type { Size } from './tiles.ts';

/** Nobody would wait for a picture of which a model of a fixed size says that it is larger. */
const LARGEST_SIDE = 4096;
/** What is shorter than this is no side of a picture: channels of another kind, say. */
const LEAST_SIDE = 8;

/** One of the ways in which the shape of an input can be read. A length is null where it is free. */
type Form = Pick<PictureIo, 'layout' | 'channels'> & { height: number | null; width: number | null };

/**
 * The guess. It rests on
 * - the shapes, where they say something: where the 1 or 3 channels are gives the layout; else each is tried;
 * - trials with lengths, where they are free: findLengths;
 * - what comes out: of several outputs the first with three channels and the size of the picture is the picture;
 * - trials of a synthetic picture in each range: guessRange, guessWay.
 * - Colours are taken as red, green, blue, which cannot be found out.
 * @throws UserError with the one thing that keeps it from translating pictures
 */
export async function guessIo(model: ReadModel, bytes: Uint8Array): Promise<PictureIo> {
  const foreign = new Foreign(bytes, model);
  try {
    const trial = new Trial(foreign);
    const { form, lengths } = await findForm(trial, formsOf(foreign.picture));
    const { size, multiple, rest } = lengths;
    const tried = size ?? { width: lengths.length + multiple, height: lengths.length };
    const seen = await trial.run(plainIo(form), tried);
    const output = pictureOf(seen, tried);
    const outputs = seen.pictures.filter(({ scale }) => scale === 1).map(({ name }) => name);
    const type = model.outputs.find(({ name }) => name === output.name)!.type;
    const way = foreign.wholeNumbers ? WAYS['0..255'] : undefined;
    const ranges = await findRanges(trial, { ...plainIo(form), output: output.name }, tried, { way, type });
    return {
      ...{ layout: form.layout, outputLayout: output.layout, channels: form.channels, ...ranges },
      ...{ size, multiple, rest, dials: [...foreign.dials], outputs },
      ...{ input: foreign.dials.length > 0 ? foreign.picture.name : null },
      output: model.outputs.length > 1 ? output.name : null,
    };
  } finally {
    foreign.release();
  }
}

const plainIo = ({ layout, channels }: Form) => ({
  ...{ layout, channels, ...WAYS['0..1'], output: null as string | null, dials: [] },
});

/** How the shape of the input can be read, the likeliest first. @throws UserError when it cannot be one of a picture */
function formsOf(picture: Foreign['picture']): Form[] {
  const lengths = picture.shape?.slice(-3) ?? [null, null, null];
  const free = (length: string | number | null): number | null => (typeof length === 'number' ? length : null);
  const [a, b, c] = lengths.map(free) as [number | null, number | null, number | null];
  const form = (layout: Form['layout'], count: 1 | 3, sides: [number | null, number | null]): Form => ({
    ...{ layout, channels: count === 1 ? 'grey' : 'rgb', height: sides[0], width: sides[1] },
  });
  const all = ([3, 1] as const).flatMap((count) => [
    ...(a === null || a === count ? [form('nchw', count, [b, c])] : []),
    ...(c === null || c === count ? [form('nhwc', count, [a, b])] : []),
  ]);
  const isSaid = ({ layout, channels }: Form): boolean => (layout === 'nchw' ? a : c) === (channels === 'grey' ? 1 : 3);
  const sided = all.filter(
    (one) => isSaid(one) || Math.min(one.height ?? LEAST_SIDE, one.width ?? LEAST_SIDE) >= LEAST_SIDE,
  );
  const said = sided.filter(isSaid);
  if (sided.length === 0)
    throw new UserError(
      `it takes ${shown(picture)}; Maquette gives a model pictures of 3 channels or 1 (colour or grey), and no others yet`,
    );
  const forms = said.length > 0 ? said : sided;
  if (forms.every(({ height, width }) => Math.max(height ?? 0, width ?? 0) > LARGEST_SIDE))
    throw new UserError(`it takes ${shown(picture)}; a side can have at most ${LARGEST_SIDE} pixels`);
  return forms;
}

/** The first form in which the model takes a picture of some size, and the sizes. @throws UserError why it takes none */
async function findForm(trial: Trial, forms: readonly Form[]): Promise<{ form: Form; lengths: Lengths }> {
  let first: UserError | undefined;
  for (const form of forms) {
    const works = (size: Size): Promise<UserError | null> => trial.refusal(plainIo(form), size);
    const lengths = await findLengths(form, works);
    if (!(lengths instanceof UserError)) return { form, lengths };
    first ??= lengths;
  }
  throw first!; // there is always a form
}

/** The output that is the picture. @throws UserError when it is larger than what went in: not blamed on the model */
function pictureOf({ pictures }: Seen, { width, height }: Size): Seen['pictures'][number] {
  const same = pictures.filter(({ scale }) => scale === 1);
  const picture = same.find(({ channels }) => channels === 3) ?? same[0];
  const larger = pictures.find(({ scale, channels }) => scale > 1 && (channels === 3 || !picture));
  if (larger && picture?.channels !== 3)
    throw new UserError(
      `it makes pictures ${larger.scale} times as large (${width * larger.scale} x ${height * larger.scale} of ${width} x ${height}); such models are for Upscale, which is still to come, and cannot translate`,
    );
  return picture!; // a form that fits has one
}

/** Runs the model with a picture in each range, and guesses from what comes out. */
async function findRanges(
  trial: Trial,
  io: ReturnType<typeof plainIo>,
  size: Size,
  { way, type }: { way: Way | undefined; type: number },
): Promise<Way & Pick<PictureIo, 'outputRange'>> {
  const picture = synthetic(size);
  const answers: Answers = new Map();
  for (const [name, each] of Object.entries(way ? { '0..255': way } : WAYS)) {
    const { answers: given } = await trial.run({ ...io, ...each }, size, picture);
    answers.set(name, answerOf(given.get(io.output!)!.data));
  }
  const outputRange = type === BYTE ? '0..255' : guessRange(answers);
  return { ...(way ?? guessWay(answers, outputRange)), outputRange };
}

const BYTE = Number(Object.entries(CONVERTED).find(([, { name }]) => name === 'uint8')![0]);
