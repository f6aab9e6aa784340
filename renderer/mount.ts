/** Mounts the studio on a host; the product's entry and the tests' page with an in-memory backend both come here. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/noto-sans-kr/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import type { Host } from './host/host.ts';
import { Studio } from './studio.svelte.ts';

export function mountStudio(host: Host): Studio {
  const studio = new Studio(host);
  mount(App, { target: document.getElementById('studio')!, props: { studio } });
  void studio.start();
  return studio;
}
