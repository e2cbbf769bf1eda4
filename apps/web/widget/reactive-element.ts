import { render, type TemplateResult } from 'lit/html.js'

/**
 * The few lines of LitElement that the widget needs, over lit-html: a third of its weight, which the 20 kB are short of. Styles are a
 * constructed sheet, so that no Content-Security-Policy of a foreign page stands against them.
 */
export abstract class ReactiveElement<State extends object> extends HTMLElement {
  state: State
  readonly #root = this.attachShadow({ mode: 'open' })
  #isPlanned = false

  constructor(state: State, sheet: CSSStyleSheet) {
    super()
    this.state = state
    this.#root.adoptedStyleSheets = [sheet]
  }

  abstract template(): TemplateResult

  /** Changes what is shown; several changes of one turn are one rendering. */
  set(change: Partial<State>): void {
    Object.assign(this.state, change)
    this.plan()
  }

  plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    queueMicrotask(() => {
      this.#isPlanned = false
      if (this.isConnected) render(this.template(), this.#root)
    })
  }
}
