import { lazyRouteComponent } from '@tanstack/react-router';
import { FileCode2 } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: FileCode2,
  list: lazyRouteComponent(() => import('./commands-screen.tsx'), 'CommandsScreen'),
  detail: lazyRouteComponent(() => import('./commands-screen.tsx'), 'CommandsScreen'),
  finder,
};
