import { render, type TemplateResult } from 'lit/html.js'

/**
 * The few lines of LitElement that the widget needs, over lit-html: a third of its weight. Styles are a
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
      if (this.isConnected) this.#render()
    })
  }

  /** Focus moves to what replaced the focused element: otherwise keyboards and screen readers start over. */
  #render(): void {
    const used = this.#root.activeElement
    const part = used?.closest('section')
    render(this.template(), this.#root)
    if (!used || used.isConnected) return
    const place = part?.isConnected ? part : this.#root.lastElementChild
    const next = place?.querySelector<HTMLElement>('[role=status]') ?? place?.querySelector<HTMLElement>('h2,h3,input')
    if (next?.tabIndex === -1) next.tabIndex = -1
    next?.focus()
  }
}
