/** The theme of Mantine: its colours, sizes and radii come from tokens.css. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  MantineProvider,
  useMantineColorScheme,
} from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import css from './theme.module.css';

const accent: MantineColorsTuple = [
  '#eef0fd',
  '#dcdff9',
  '#b7bdf1',
  '#919ae9',
  '#717ce2',
  '#5f6bde',
  '#4653c8',
  '#3b47b4',
  '#333e9f',
  '#28328a',
];

const size = 'xs';
const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  fontSizes: { xs: '13px', sm: '13px', md: '13px', lg: '14px', xl: '15px' },
  lineHeights: { xs: '20px', sm: '20px', md: '20px', lg: '22px', xl: '24px' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '15px' }, h2: { fontSize: '13px' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Input: { classNames: { input: css.input } },
    InputWrapper: { classNames: { label: css.label, description: css.hint, error: css.hint } },
    PillsInput: { classNames: { input: css.tall } },
    Combobox: { classNames: { dropdown: css.raised, option: css.option } },
    Popover: {
      classNames: { dropdown: css.raised },
      // It has to be closed before the pressed element takes the focus: one that takes it at once, as the code editor does, would be
      // mistaken for what had it in the popover, and lose it to the button again.
      defaultProps: { clickOutsideCapture: true },
    },
    Spotlight: {
      classNames: { content: css.raised, search: css.search, action: css.action, actionsGroup: css.group },
    },
    Notification: { classNames: { root: css.notification, description: css.message } },
    Notifications: { classNames: { root: css.corner } },
    TextInput: { defaultProps: { size } },
    PasswordInput: { defaultProps: { size } },
    NumberInput: { defaultProps: { size, hideControls: true } },
    Textarea: { defaultProps: { size }, classNames: { input: css.tall } },
    Select: {
      defaultProps: { size, checkIconPosition: 'right', allowDeselect: false },
      classNames: { option: css.option },
    },
    MultiSelect: { defaultProps: { size } },
    Autocomplete: { defaultProps: { size } },
    TagsInput: { defaultProps: { size }, classNames: { input: css.tags, inputField: css.tagField } },
    ColorInput: { defaultProps: { size } },
    Switch: { defaultProps: { size }, classNames: { track: css.track } },
    Checkbox: { defaultProps: { size } },
    SegmentedControl: { defaultProps: { size }, classNames: { root: css.segments, indicator: css.segment } },
    Modal: {
      classNames: { content: `${css.raised} ${css.scrolling}`, header: css.header, body: css.dialog, title: css.title },
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        transitionProps: { duration: 100 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Menu: {
      classNames: { dropdown: `${css.raised} ${css.menu}`, item: css.option },
      defaultProps: {
        transitionProps: { duration: 0 },
        shadow: 'md',
        // A menu that scrolls is reached by Tab as well (WCAG 2.2, 2.1.1).
        menuItemTabIndex: 0,
        // In a low window it scrolls, instead of ending below the edge.
        middlewares: { flip: true, shift: true, size: true },
      },
    },
  },
});

const shared = {
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-body': 'var(--raised)',
  '--mantine-color-dimmed': 'var(--muted)',
  '--mantine-color-placeholder': 'var(--faint)',
  '--mantine-color-default': 'var(--field)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-light': 'var(--accent-soft)',
  '--mantine-primary-color-filled': 'var(--accent)',
  // Its own is too light for white letters (WCAG 2.2, 1.4.3).
  '--mantine-color-red-filled': 'var(--danger)',
  '--mantine-color-red-filled-hover': 'var(--danger-hover)',
  '--mantine-shadow-md': 'var(--shadow)',
  '--mantine-shadow-xl': 'var(--shadow)',
};
const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});

/** Look of the whole panel. `env="test"` shows pop-ups at once, without the transitions that wait for a browser's layout. */
export function ThemeProvider({ env = 'default', children }: { env?: 'default' | 'test'; children: ReactNode }) {
  return (
    <MantineProvider env={env} theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} containerWidth={360} transitionDuration={100} />
      <ModalsProvider>{children}</ModalsProvider>
    </MantineProvider>
  );
}

/** Applies the settings `appearance.theme` and `appearance.density`. */
export function useAppearance(mode: 'system' | 'light' | 'dark', density: 'comfortable' | 'compact'): void {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const scheme = mode === 'system' ? 'auto' : mode;
  useEffect(() => setColorScheme(scheme), [scheme, setColorScheme]);
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
}

/** Where Mantine says which theme the styles are of. */
const IN_FORCE = 'data-mantine-color-scheme';

function watchTheme(tell: () => void): () => void {
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributeFilter: [IN_FORCE] });
  return () => observer.disconnect();
}

/** The theme in force: what the styles say, which follow the system's choice a little later than the media query does. */
export function useResolvedTheme(): 'light' | 'dark' {
  return useSyncExternalStore(watchTheme, () =>
    document.documentElement.getAttribute(IN_FORCE) === 'dark' ? 'dark' : 'light',
  );
}
