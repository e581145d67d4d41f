import { Link } from '@tanstack/react-router';
import { Notice } from '../feedback/notice.tsx';

/** Warns when others come out on the web at the same address. */
export function SameAddress({
  others,
  to,
  connected,
}: {
  others: readonly { id: string; name: string }[];
  /** The screen that shows them. */
  to: '/profiles' | '/proxies';
  /** What sites can connect then. */
  connected: string;
}) {
  if (others.length === 0) return null;
  return (
    <Notice tone="warn">
      <span>
        Comes out at the same address as{' '}
        {others.map(({ id, name }, at) => (
          <span key={id}>
            {at === 0 ? '' : ', '}
            <Link to={to} search={{ peek: id }}>
              {name}
            </Link>
          </span>
        ))}
        {`. Sites can connect ${connected}.`}
      </span>
    </Notice>
  );
}
