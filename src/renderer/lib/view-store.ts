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
  /** Widths of columns in px that the user chose, by the name of the table. */
  widths: Record<string, Record<string, number>>;
  /** Order of columns by the name of the table. */
  order: Record<string, string[]>;
  wrap: boolean;
  /** Commands opened last, newest first. */
  recent: string[];
  set(patch: Partial<Omit<ViewState, 'set'>>): void;
  setPane(name: string, px: number): void;
  setHidden(table: string, columns: string[]): void;
  /** Without a width the column has its own again. */
  setWidth(table: string, column: string, px: number | undefined): void;
  setOrder(table: string, columns: string[]): void;
}

/** The store. */
export const useView = create<ViewState>()(
  persist(
    (set) => ({
      sidebar: null,
      drawer: false,
      panes: {},
      hidden: {},
      widths: {},
      order: {},
      wrap: false,
      recent: [],
      set: (patch) => set(patch),
      setPane: (name, px) => set((state) => ({ panes: { ...state.panes, [name]: px } })),
      setHidden: (table, columns) => set((state) => ({ hidden: { ...state.hidden, [table]: columns } })),
      setWidth: (table, column, px) =>
        set(({ widths }) => {
          const { [column]: _old, ...others } = widths[table] ?? {};
          return { widths: { ...widths, [table]: px === undefined ? others : { ...others, [column]: px } } };
        }),
      setOrder: (table, columns) => set((state) => ({ order: { ...state.order, [table]: columns } })),
    }),
    { name: 'tabagent.view', version: 1 },
  ),
);
