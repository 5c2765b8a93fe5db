import { Suspense } from 'react';
import { views as words } from '../ui/texts';
import './app.css';
import { Header } from './Header';
import { useShortcuts } from './useShortcuts';
import { useView } from './useView';

export function App() {
  useShortcuts();
  const shown = useView();
  const View = shown.component;
  return (
    <>
      <Header shown={shown} />
      <Suspense fallback={<main className="page-waiting">{words.waiting}</main>}>
        <View />
      </Suspense>
    </>
  );
}
