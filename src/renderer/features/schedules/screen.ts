import { lazyRouteComponent } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: CalendarClock,
  list: lazyRouteComponent(() => import('./schedules-screen.tsx'), 'SchedulesScreen'),
  finder,
};
