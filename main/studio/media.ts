/** Addresses of pictures and models (`/media/...`), answered for both hosts: which file one means, and what it is. */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, extname, join, sep } from 'node:path';
import { LARGEST_DRAWING, previewRow } from '../../preload/contract/schemas.ts';
import { beginningOf, mayMove, type AnimationFormat } from '../engine/pictures/formats.ts';
import { explainIo, UserError } from '../errors.ts';
import { starterFile } from './starters.ts';
import type { TaskWorker } from './tasks/client.ts';
import type { OpenProject } from './open-project.ts';
import { homeFolder } from './places.ts';
import type { Recent } from './settings.ts';
import type { Tokens } from './tokens.ts';

export interface Media {
  file: string;
  type: string;
  /** The name to save it under, for files that are downloaded. */
  download: string | null;
}

const SIZES = [256, 2048];
const BINARY = 'application/octet-stream';
const EXPORT_TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.psd': 'image/vnd.adobe.photoshop',
  '.zip': 'application/zip',
};

/** What addresses are answered from. */
export interface MediaSource {
  project: OpenProject | null;
  worker: TaskWorker;
  tokens: Tokens;
  recent: readonly Recent[];
}

const columnTitle = previewRow.shape.columns.element;

type InProject = Omit<MediaSource, 'project'> & { project: OpenProject };
type Answer<Source> = (source: Source, parts: string[], query: URLSearchParams) => Promise<Media>;

const picture = (file: string, type = 'image/png'): Media => ({ file, type, download: null });

/** A row for every kind of address; `parts` are what follows its name, decoded. */
const IN_PROJECT: Record<string, Answer<InProject>> = {
  /** thumb/<dataset>/<version>/<size>/<path in the dataset> */
  async thumb({ project, worker }, [dataset = '', , size = '', path = '']) {
    if (!SIZES.includes(Number(size))) throw new UserError('There are no pictures of that size');
    const file = inside(project.datasets.folder(dataset), project.datasets.file(dataset, path));
    return thumbnail(worker, file, { size: Number(size), cache: cacheOf(project) });
  },
  /** preview/<run>/<step>/<row>/<column> */
  async preview({ project, worker }, [run = '', step = '', row = '', column = '']) {
    const title = columnTitle.safeParse(column);
    if (!title.success || !/^\d+$/.test(row)) throw new UserError('There is nothing at this address');
    const { cell, old } = project.runs.preview(run, { step: Number(step), row: Number(row), title: title.data });
    if (cell !== null) return picture(inside(project.folder.path, cell));
    const key = createHash('sha1').update([run, step, row, column].join('\0')).digest('hex');
    const out = join(cacheOf(project), `preview-${key}.png`);
    if (!existsSync(out)) await worker.run('oldPreviewCell', { ...old, out });
    return picture(out);
  },
  /** model-picture/<model>/<version> */
  'model-picture': ({ project }, [model = '']) =>
    Promise.resolve(picture(inside(project.folder.path, project.folder.file('models', `${model}.png`)))),
  /** model/<model>/<version> */
  model: ({ project }, [model = '']) =>
    Promise.resolve({
      file: inside(project.folder.path, project.models.file(model)),
      type: BINARY,
      download: `${project.models.title(model).replace(/[^\p{L}\p{N} ._-]+/gu, '-')}.onnx`,
    }),
  /** drawing/<drawing>/<version>: its small picture */
  drawing: ({ project }, [drawing = '']) =>
    Promise.resolve(picture(inside(project.folder.path, project.folder.file('drawings', drawing, 'thumbnail.png')))),
  /** export/<id>/<name>: a file that was made to be downloaded */
  export({ project }, [id = '']) {
    const file = project.drawings.exported(id);
    return Promise.resolve({ file, type: EXPORT_TYPES[extname(file)] ?? BINARY, download: basename(file) });
  },
  /** made/<model>/<version>/<what it was asked for, as JSON> */
  async made({ project }, [model = '', , wish = '']) {
    return picture(await project.latent.picture(model, wish));
  },
  /** made-file/<id>/<name>: a file that was made to be downloaded */
  'made-file'({ project }, [id = '']) {
    const file = project.latent.exported(id);
    return Promise.resolve({ file, type: EXPORT_TYPES[extname(file)] ?? BINARY, download: basename(file) });
  },
  /**
   * original/<batch>/<index>/<version>: they lie wherever the person picked them, so the studio names them. What moves is
   * shown moving, as its result is.
   */
  original({ project, worker }, [batch = '', index = '']) {
    const file = project.batches.file(batch, Number(index), 'input');
    const moving = mayMove(beginningOf(file, 1 << 16));
    if (moving !== null) return Promise.resolve(picture(file, `image/${moving}`));
    return thumbnail(worker, file, { size: LARGEST_DRAWING, cache: cacheOf(project) });
  },
  /** original-thumb/<batch>/<index>/<version> */
  'original-thumb': ({ project, worker }, [batch = '', index = '']) =>
    thumbnail(worker, project.batches.file(batch, Number(index), 'input'), { size: 256, cache: cacheOf(project) }),
  /** result/<batch>/<index>/<version>: as it is to be seen, with what was painted to stay as it was */
  result: async (source, parts) => picture(await mixedResult(source, parts)),
  /** result-thumb/<batch>/<index>/<version> */
  'result-thumb': async (source, parts) =>
    thumbnail(source.worker, await mixedResult(source, parts), { size: 256, cache: cacheOf(source.project) }),
  /** mask/<batch>/<index>/<version>: where a result stays as its original was */
  mask({ project }, [batch = '', index = '']) {
    const mask = project.batches.mask(batch, Number(index));
    if (mask === null) throw new UserError('Nothing is painted on this picture');
    return Promise.resolve(picture(inside(project.folder.path, mask)));
  },
  /**
   * result-file/<batch>/<index>/<version>?strength=0.5: the PNG to be saved, mixed with its original below 1; what moves as
   * the kind of animation that it was
   */
  async 'result-file'(source, parts, query) {
    const strength = Number(query.get('strength') ?? 1);
    if (!(strength >= 0 && strength <= 1)) throw new UserError('A strength lies between 0 and 1');
    const moving = source.project.batches.cameAs(parts[0] ?? '', Number(parts[1]));
    const type = moving ?? 'png';
    const download = `${basename(resultOf(source.project, parts), '.png')}.${type}`;
    return { file: await mixedResult(source, parts, { strength, moving }), type: `image/${type}`, download };
  },
};

/**
 * The file of a result at a strength, with what was painted to stay as it was; the model's own where it is that. One that
 * moves as another kind of animation than PNG, if wanted.
 */
async function mixedResult(
  { project, worker }: InProject,
  parts: string[],
  { strength = 1, moving = null }: { strength?: number; moving?: AnimationFormat | null } = {},
): Promise<string> {
  const [batch = '', index = '', version = ''] = parts;
  const output = resultOf(project, parts);
  const keep = project.batches.mask(batch, Number(index));
  if (strength === 1 && keep === null && (moving ?? 'png') === 'png') return output;
  const input = project.batches.file(batch, Number(index), 'input');
  const key = createHash('sha1').update([batch, index, version, strength, moving].join('\0')).digest('hex');
  const to = join(passingFolder(project), `${key}.${moving ?? 'png'}`);
  if (!existsSync(to)) await worker.run('mixResult', { input, output, strength, keep, to, moving });
  return to;
}

const OUTSIDE: Record<string, Answer<MediaSource>> = {
  /** cover/<recent project> */
  cover({ worker, recent }, [id]) {
    const file = recent.find((project) => project.id === id)?.cover;
    if (!file) throw new UserError('That project has no picture');
    return thumbnail(worker, file, { size: 512, cache: join(homeFolder(), 'covers') });
  },
  /** starter-picture/<starter> */
  'starter-picture': (_, [starter = '']) => Promise.resolve(picture(starterFile(starter, 'picture.png'))),
  /** picked/<token>: a picture that the person picked and that is in no project yet */
  picked: ({ worker, tokens }, [token = '']) =>
    thumbnail(worker, tokens.place(token), { size: 4096, cache: join(homeFolder(), 'covers') }),
  /** picked-thumb/<token>: the same, small */
  'picked-thumb': ({ worker, tokens }, [token = '']) =>
    thumbnail(worker, tokens.place(token), { size: 256, cache: join(homeFolder(), 'covers') }),
};

/** What an address below /media/, with its query, means. @throws UserError when it means nothing, or leaves the project */
export async function answerMedia(source: MediaSource, address: string): Promise<Media> {
  const [path = '', query = ''] = address.split('?', 2);
  const asked = new URLSearchParams(query);
  const [kind = '', ...parts] = decode(path);
  const { project } = source;
  if (Object.hasOwn(OUTSIDE, kind)) return OUTSIDE[kind]!(source, parts, asked);
  if (project && Object.hasOwn(IN_PROJECT, kind)) return IN_PROJECT[kind]!({ ...source, project }, parts, asked);
  throw new UserError('There is nothing at this address');
}

/** The parts of a path below /media/, each decoded once. @throws UserError */
function decode(path: string): string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch (error) {
    throw new UserError('There is nothing at this address', { cause: error });
  }
}

const cacheOf = ({ folder }: OpenProject): string =>
  folder.readOnly ? join(homeFolder(), 'covers') : folder.file('.maquette', 'thumbnails');

/** For files that are made to be downloaded: it is emptied when the project is opened. */
const passingFolder = ({ folder }: OpenProject): string =>
  folder.readOnly ? join(homeFolder(), 'covers') : folder.file('.maquette', 'exports');

const resultOf = (project: OpenProject, [batch = '', index = '']: string[]): string =>
  inside(project.folder.path, project.batches.file(batch, Number(index), 'output'));

async function thumbnail(worker: TaskWorker, file: string, options: { size: number; cache: string }): Promise<Media> {
  return picture(await worker.run('thumbnail', { file, ...options }), 'image/webp');
}

/** The real path of a file, links followed. @throws UserError when it is missing or outside of the folder */
function inside(folder: string, file: string): string {
  try {
    const real = realpathSync(file);
    if (real.startsWith(realpathSync(folder) + sep)) return real;
  } catch (error) {
    throw explainIo(error, `Cannot read ${file}`);
  }
  throw new UserError('That file is not in this project');
}
