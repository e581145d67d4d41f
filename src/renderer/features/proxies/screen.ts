import { lazyRouteComponent } from '@tanstack/react-router';
import { Waypoints } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: Waypoints,
  list: lazyRouteComponent(() => import('./proxies-screen.tsx'), 'ProxiesScreen'),
  finder,
};
