import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import { asError } from '../lib/live/query.ts';
import { buttonClass } from '../ui/buttons.tsx';
import { EmptyState, ErrorState } from '../ui/feedback/state-frame.tsx';

/** What a screen shows when drawing it failed. */
export function ScreenError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={asError(error)} retry={reset} />;
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <EmptyState
      icon={<MapPinOff size={24} />}
      title="Page not found"
      action={
        <Link className={buttonClass({})} to="/">
          Dashboard
        </Link>
      }
      help="first-task"
    />
  );
}
