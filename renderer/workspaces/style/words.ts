/** The words that differ between the workspaces that translate pictures. */
export interface UseWords {
  title: string;
  lead: string;
  text: string;
  drop: (model: string) => string;
  /** On the button that picks one or several pictures, before and after the first. */
  choose: string;
  another: string;
  /** The title of the dialog in which they are picked. */
  pick: string;
}
