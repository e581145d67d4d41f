import { lazyRouteComponent } from '@tanstack/react-router';
import { CircleQuestionMark } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: CircleQuestionMark,
  list: lazyRouteComponent(() => import('./help-screen.tsx'), 'HelpStart'),
  detail: lazyRouteComponent(() => import('./help-screen.tsx'), 'HelpScreen'),
};
