import { act, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ThemeProvider, useResolvedTheme } from '../../../src/renderer/ui/theme.tsx';

const SCHEME = 'data-mantine-color-scheme';
afterEach(() => document.documentElement.removeAttribute(SCHEME));

const Theme = () => <p>{useResolvedTheme()}</p>;

// Catches a chart in the colours of the theme before: it was made after the media query had changed and before the styles had.
test('the theme in force is that of the styles', async () => {
  render(
    <ThemeProvider env="test">
      <Theme />
    </ThemeProvider>,
  );
  expect(screen.getByText('light')).toBeTruthy();
  await act(async () => document.documentElement.setAttribute(SCHEME, 'dark'));
  expect(screen.getByText('dark')).toBeTruthy();
  await act(async () => document.documentElement.setAttribute(SCHEME, 'light'));
  expect(screen.getByText('light')).toBeTruthy();
});
