/** The kinds of commands behind the "New" button, each with what to start from. */
import { Menu } from '@mantine/core';
import { Plus } from 'lucide-react';
import { Fragment, useState } from 'react';
import { COMMAND_KINDS, commandKinds } from '../../../../contract/automation/kinds/index.ts';
import { useCan } from '../../../lib/use-can.ts';
import { buttonClass } from '../../../ui/buttons.tsx';
import { kindViews } from '../kinds/index.ts';
import css from './library.module.css';

export function NewMenu({
  opened,
  setOpened,
  onNew,
}: {
  opened: boolean;
  setOpened(opened: boolean): void;
  onNew(template: string): void;
}) {
  const blocked = useCan('commands_create');
  // The focus goes back to the button, but not after a choice: then the name of the new command has it.
  const [returnFocus, setReturnFocus] = useState(true);
  return (
    <Menu
      position="bottom-start"
      width={280}
      disabled={blocked !== null}
      opened={opened}
      onChange={setOpened}
      returnFocus={returnFocus}
      withInitialFocusPlaceholder={false}
      onOpen={() => setReturnFocus(true)}
    >
      <Menu.Target>
        <button
          type="button"
          className={buttonClass({ small: true })}
          aria-disabled={blocked !== null}
          aria-description={blocked ?? undefined}
          title={blocked ?? 'New command · N'}
        >
          <Plus size={14} /> New
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {COMMAND_KINDS.map((kind, place) => {
          const { Icon, templates } = kindViews[kind];
          const { title } = commandKinds[kind];
          return (
            <Fragment key={kind}>
              <Menu.Label>{title}</Menu.Label>
              {templates.map((template, index) => (
                <Menu.Item
                  key={template.id}
                  leftSection={<Icon size={14} />}
                  data-autofocus={(place === 0 && index === 0) || undefined}
                  onClick={() => {
                    setReturnFocus(false);
                    onNew(template.id);
                  }}
                >
                  {template.title}
                  <div className={css.about}>{template.text}</div>
                </Menu.Item>
              ))}
            </Fragment>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
