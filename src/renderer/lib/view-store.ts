/** View state that outlives a reload: panes, columns, drawers. Nothing of the host is kept here. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** See {@link useView}. */
export interface ViewState {
  /** Whether the sidebar shows words; `null` until the user says so: it does where there is room. */
  sidebar: boolean | null;
  drawer: boolean;
  /** Whether the parameters of a conversation are shown; `null` until the user says so: they are where there is room. */
  chatPane: boolean | null;
  /** Pane sizes in px by the name of the split. */
  panes: Record<string, number>;
  /** Hidden columns by the name of the table. */
  hidden: Record<string, string[]>;
  /** Widths of columns in px that the user chose, by the name of the table. */
  widths: Record<string, Record<string, number>>;
  /** Order of columns by the name of the table. */
  order: Record<string, string[]>;
  wrap: boolean;
  /** Commands opened last, newest first. */
  recent: string[];
  /** Texts of standing warnings that need not be shown any more. */
  acknowledged: string[];
  set(patch: Partial<Omit<ViewState, 'set'>>): void;
  setPane(name: string, px: number): void;
  setHidden(table: string, columns: string[]): void;
  setWidths(table: string, px: Record<string, number>): void;
  /** The column has its own width again. */
  resetWidth(table: string, column: string): void;
  setOrder(table: string, columns: string[]): void;
}

/** The store. */
export const useView = create<ViewState>()(
  persist(
    (set) => ({
      sidebar: null,
      drawer: false,
      chatPane: null,
      panes: {},
      hidden: {},
      widths: {},
      order: {},
      wrap: false,
      recent: [],
      acknowledged: [],
      set: (patch) => set(patch),
      setPane: (name, px) => set((state) => ({ panes: { ...state.panes, [name]: px } })),
      setHidden: (table, columns) => set((state) => ({ hidden: { ...state.hidden, [table]: columns } })),
      setWidths: (table, px) => set(({ widths }) => ({ widths: { ...widths, [table]: { ...widths[table], ...px } } })),
      resetWidth: (table, column) =>
        set(({ widths }) => {
          const { [column]: _old, ...others } = widths[table] ?? {};
          return { widths: { ...widths, [table]: others } };
        }),
      setOrder: (table, columns) => set((state) => ({ order: { ...state.order, [table]: columns } })),
    }),
    { name: 'tabagent.view', version: 1 },
  ),
);
