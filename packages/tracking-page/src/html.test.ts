import { describe, expect, test } from 'vitest'
import { html, textOf, type Value } from './html.ts'

describe('what is put into a page', () => {
  test('is text, unless a template made it', () => {
    const page = html`<p title="${'"'}">${'<b>&'}${['a', html`<i>${"'"}</i>`, null, 7]}</p>`
    expect(textOf(page)).toBe('<p title="&quot;">&lt;b&gt;&amp;a<i>&#39;</i>7</p>')
  })

  test.each([
    ['a document', { markup: '<script>' }],
    ['what looks like markup of the browser', { strings: ['<script>'], values: [] }],
    ['yes or no', true],
    ['a function', () => '<script>'],
  ])('is refused where it is %s', (_, value) => {
    expect(() => html`<p>${value as unknown as Value}</p>`).toThrow(TypeError)
  })

  test('is refused where text could become markup or a script', () => {
    expect(() => html`<p title=${'a onclick=alert(1)'}></p>`).toThrow('A value cannot stand here')
    expect(() => html`<p @click="${'alert(1)'}"></p>`).toThrow('A value cannot stand here')
  })

  test('is the same as in the browser, where a field’s value is a property', () => {
    expect(textOf(html`<input id="a" .value="${'"x"'}">`)).toBe('<input id="a" value="&quot;x&quot;">')
  })

  test('comes without the lines that its template is written in', () => {
    const page = html`
      <ol>
        ${['a', 'b'].map((item) => html`<li>${item}</li>`)}
        <li>c d</li>
      </ol>`
    expect(textOf(page)).toBe('<ol><li>a</li><li>b</li><li>c d</li></ol>')
  })
})
