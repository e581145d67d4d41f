/** The form of a kind of command with the state that a composer would keep. */
import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, expect } from 'vitest';
import type { CommandKind } from '../../../src/contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { kindViews } from '../../../src/renderer/features/commands/kinds/index.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

export interface FormSubject extends AsyncDisposable {
  panel: TestPanel;
  /** The spec after what was typed. */
  spec(): JsonObject;
  /** Texts that keep the command from being saved. */
  held(): Record<string, string>;
  /** Replaces the spec from outside, as another template or an earlier version does. */
  load(spec: JsonObject): Promise<void>;
}

/** Shows the form of a kind. */
export async function renderForm(
  kind: CommandKind,
  first: JsonObject,
  errors: Record<string, string> = {},
): Promise<FormSubject> {
  let current = first;
  let others: JsonObject = {};
  let held: Record<string, string> = {};
  function Subject() {
    const [spec, setSpec] = useState(first);
    current = spec;
    const [texts, setTexts] = useState<Record<string, string>>({});
    const setText = (name: string, text: string | null) =>
      setTexts(({ [name]: _old, ...rest }) => (text === null ? rest : { ...rest, [name]: text }));
    held = texts;
    const { Form, Options } = kindViews[kind];
    const props = { spec, onChange: setSpec, errors, held: { texts, setText } };
    return (
      <>
        <div data-testid="part">
          <Form {...props} />
        </div>
        {Options === null ? null : (
          <div data-testid="part">
            <Options {...props} />
          </div>
        )}
        <button type="button" onClick={() => setSpec(others)}>
          Load
        </button>
      </>
    );
  }
  const panel = await renderPanel(subject, <Subject />);
  // Some are loaded when they are shown for the first time.
  await waitFor(() => {
    expect(screen.getAllByTestId('part').map(({ childElementCount }) => childElementCount)).not.toContain(0);
  });
  return {
    panel,
    spec: () => current,
    held: () => held,
    async load(spec) {
      others = spec;
      await panel.user.click(screen.getByRole('button', { name: 'Load' }));
    },
    [Symbol.asyncDispose]: () => panel[Symbol.asyncDispose](),
  };
}
/** A field by its label, which ends in an asterisk where it is required. */
export const field = (label: string) =>
  screen.getByLabelText<HTMLInputElement | HTMLTextAreaElement>(
    new RegExp(`^${label.replaceAll(/[()]/g, '\\$&')}( \\*)?$`),
    {
      selector: 'input, textarea',
    },
  );
