import './mantine.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { firstLanguage, loadTexts } from './i18n/language.js';

void start();

async function start(): Promise<void> {
  const first = await loadTexts(firstLanguage());
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App first={first} />
    </StrictMode>,
  );
}
