/** What the build writes beside the window, as licences.json, and the window shows. */

/** An npm package that Maquette is made with. */
export interface ThirdParty {
  name: string;
  version: string;
  /** As its package.json names it ("MIT"). */
  licence: string;
  /** The texts that it brings; empty where it brings none. */
  text: string;
}
