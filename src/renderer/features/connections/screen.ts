import { lazyRouteComponent } from '@tanstack/react-router';
import { Cable } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: Cable,
  list: lazyRouteComponent(() => import('./connections-screen.tsx'), 'ConnectionsScreen'),
};
