import { lazyRouteComponent } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: MessagesSquare,
  list: lazyRouteComponent(() => import('./chat-screen.tsx'), 'ChatScreen'),
  detail: lazyRouteComponent(() => import('./chat-screen.tsx'), 'ChatScreen'),
  finder,
};
