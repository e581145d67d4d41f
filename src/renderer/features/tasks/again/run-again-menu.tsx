import { Menu } from '@mantine/core';
import { ChevronDown, RotateCw } from 'lucide-react';
import type { Task } from '../../../../contract/automation/tasks.ts';
import { buttonClass } from '../../../ui/buttons.tsx';
import type { RunAgain } from './use-run-again.tsx';

/** The button "Run again" with its three ways; `icon`: only as an icon. */
export function RunAgainMenu({ task, again, icon = false }: { task: Task; again: RunAgain; icon?: boolean }) {
  return (
    <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={buttonClass({ small: true, icon, kind: icon ? 'ghost' : undefined })}
          aria-label={icon ? 'Run again' : undefined}
          aria-description={again.blocked ?? undefined}
          title={again.blocked ?? 'Run again'}
        >
          <RotateCw size={icon ? 14 : 13} />
          {icon ? null : (
            <>
              Run again <ChevronDown size={12} />
            </>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>{again.items(task)}</Menu.Dropdown>
    </Menu>
  );
}
