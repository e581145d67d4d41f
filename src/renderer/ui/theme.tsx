/** The theme of Mantine: its colours, sizes and radii come from tokens.css. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  MantineProvider,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, useEffect } from 'react';

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
    TextInput: { defaultProps: { size } },
    PasswordInput: { defaultProps: { size } },
    NumberInput: { defaultProps: { size, hideControls: true } },
    Textarea: { defaultProps: { size } },
    Select: { defaultProps: { size, checkIconPosition: 'right', allowDeselect: false } },
    MultiSelect: { defaultProps: { size } },
    Autocomplete: { defaultProps: { size } },
    TagsInput: { defaultProps: { size } },
    ColorInput: { defaultProps: { size } },
    Switch: { defaultProps: { size } },
    Checkbox: { defaultProps: { size } },
    SegmentedControl: { defaultProps: { size } },
    Modal: {
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        transitionProps: { duration: 100 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'md' } },
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
  '--mantine-shadow-md': 'var(--shadow)',
  '--mantine-shadow-xl': 'var(--shadow)',
};
const resolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });

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

/** The theme in force. */
export function useResolvedTheme(): 'light' | 'dark' {
  return useComputedColorScheme('light');
}
