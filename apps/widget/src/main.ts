import { JejakTracking } from './jejak-tracking.ts'

if (!customElements.get('jejak-tracking')) customElements.define('jejak-tracking', JejakTracking)
