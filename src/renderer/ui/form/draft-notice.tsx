import { Button } from '../buttons.tsx';
import { Notice } from '../feedback/notice.tsx';
import { undoToast } from '../feedback/toast.tsx';
import layout from '../styles/layout.module.css';

interface DraftState {
  wasKept: boolean;
  isChanged: boolean;
  conflicts: readonly string[];
  settle(by: 'mine' | 'theirs'): void;
  drop(): () => void;
}

/**
 * Above a form: that it holds what was typed before, or that somebody else has changed the same.
 * @param titleOf label of a member
 */
export function DraftNotice({ form, titleOf }: { form: DraftState; titleOf?: (name: string) => string }) {
  const { wasKept, isChanged, conflicts, settle, drop } = form;
  if (conflicts.length > 0) {
    return (
      <Notice tone="warn" alert>
        <span className={layout.grow}>
          Also changed elsewhere: {conflicts.map((name) => titleOf?.(name) ?? name).join(', ')}
        </span>
        <Button small onClick={() => settle('mine')}>
          Keep mine
        </Button>
        <Button small onClick={() => settle('theirs')}>
          Take theirs
        </Button>
      </Notice>
    );
  }
  if (!wasKept || !isChanged) return null;
  return (
    <Notice tone="info">
      <span className={layout.grow}>Unsaved changes from before</span>
      <Button small onClick={() => undoToast('Changes discarded', drop())}>
        Discard
      </Button>
    </Notice>
  );
}
