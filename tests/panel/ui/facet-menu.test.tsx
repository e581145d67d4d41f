import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { FacetMenu } from '../../../src/renderer/ui/facet-menu.tsx';
import { ThemeProvider } from '../../../src/renderer/ui/theme.tsx';

function show(props: { values: string[]; isEmpty?: boolean }) {
  const chosen: string[] = [];
  render(
    <ThemeProvider env="test">
      <FacetMenu title="Label" toggle={(value) => chosen.push(value)} {...props} />
    </ThemeProvider>,
  );
  return { chosen, user: userEvent.setup() };
}

// Catches a filter that knows the labels of the first page only: what comes after it could not be filtered by.
test('a value that no loaded row has is typed', async () => {
  const { chosen, user } = show({ values: ['night', 'day', 'night'], isEmpty: false });
  await user.click(screen.getByRole('button', { name: 'Filter by Label' }));
  expect(screen.getAllByRole('menuitemcheckbox').map((item) => item.textContent)).toEqual(['day', 'night']);
  await user.type(screen.getByRole('textbox', { name: 'Another label' }), ' dusk 7 {Enter}');
  await user.click(screen.getByRole('menuitemcheckbox', { name: 'night' }));
  expect(chosen).toEqual(['dusk 7', 'night']);
});

test('is there for rows without a value, and not where there are no rows', () => {
  const { container } = render(
    <ThemeProvider env="test">
      <FacetMenu title="Tags" values={[]} toggle={() => undefined} />
    </ThemeProvider>,
  );
  expect(container.querySelector('button')).toBeNull();
  show({ values: [], isEmpty: false });
  expect(screen.getByRole('button', { name: 'Filter by Label' })).toBeTruthy();
});
