/** The picture on the easel: what was shown stays until the next one is loaded, so that nothing flashes. */
import type { BatchPicture } from '../../../preload/contract/index.ts';
import { loadPicture } from '../../ui/viewer/pictures.ts';
import type { Box } from './lens.ts';

/** A picture whose sides are loaded, with their sizes. */
export interface Loaded {
  picture: BatchPicture;
  before: (Box & { address: string }) | null;
  after: (Box & { address: string }) | null;
}

export class Shown {
  loaded = $state.raw<Loaded | null>(null);
  #turn = 0;

  async take(picture: BatchPicture | null): Promise<void> {
    const turn = ++this.#turn;
    if (!picture) return;
    const { loaded } = this;
    const now = loaded?.picture;
    if (loaded && now?.name === picture.name && now.input === picture.input && now.output === picture.output) {
      this.loaded = { ...loaded, picture };
      return;
    }
    const [before, after] = await Promise.all([sizedOf(picture.input), sizedOf(picture.output)]);
    if (turn === this.#turn) this.loaded = { picture, before, after };
  }
}

/** null where there is nothing to load, or where it cannot be shown: the easel says so. */
async function sizedOf(address: string | null): Promise<Loaded['before']> {
  if (address === null) return null;
  try {
    const { naturalWidth, naturalHeight } = await loadPicture(address);
    return { address, width: naturalWidth, height: naturalHeight };
  } catch {
    return null;
  }
}
