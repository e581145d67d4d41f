import { lazyRouteComponent } from '@tanstack/react-router';
import { SquareUser } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: SquareUser,
  list: lazyRouteComponent(() => import('./profiles-screen.tsx'), 'ProfilesScreen'),
  finder,
};
