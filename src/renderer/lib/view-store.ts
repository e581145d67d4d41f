/** View state that outlives a reload: panes, columns, drawers. Nothing of the host is kept here. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** See {@link useView}. */
export interface ViewState {
  /** Whether the sidebar shows words; `null` until the user says so: it does where there is room. */
  sidebar: boolean | null;
  drawer: boolean;
  /** Pane sizes in px by the name of the split. */
  panes: Record<string, number>;
  /** Hidden columns by the name of the table. */
  hidden: Record<string, string[]>;
  wrap: boolean;
  /** Commands opened last, newest first. */
  recent: string[];
  set(patch: Partial<Omit<ViewState, 'set'>>): void;
  setPane(name: string, px: number): void;
  setHidden(table: string, columns: string[]): void;
}

/** The store. */
export const useView = create<ViewState>()(
  persist(
    (set) => ({
      sidebar: null,
      drawer: false,
      panes: {},
      hidden: {},
      wrap: false,
      recent: [],
      set: (patch) => set(patch),
      setPane: (name, px) => set((state) => ({ panes: { ...state.panes, [name]: px } })),
      setHidden: (table, columns) => set((state) => ({ hidden: { ...state.hidden, [table]: columns } })),
    }),
    { name: 'tabagent.view', version: 1 },
  ),
);
