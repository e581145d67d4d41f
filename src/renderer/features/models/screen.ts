import { lazyRouteComponent } from '@tanstack/react-router';
import { Boxes } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: Boxes,
  list: lazyRouteComponent(() => import('./models-screen.tsx'), 'ModelsScreen'),
  finder,
};
