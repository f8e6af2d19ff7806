import { expect } from 'chai'
import * as fc from 'fast-check'
import { safeFileName } from 'plinth'
import { fileNameProblem } from '../../src/validators/file-name-problem.js'

describe('Safe file names', () => {
  const names: readonly (readonly [string, string])[] = [
    ['report.pdf', 'report.pdf'],
    ['Ünïcödé 漢字 👍.png', 'Ünïcödé 漢字 👍.png'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['C:\\fakepath\\cat.jpg', 'cat.jpg'],
    ['a\u0000b.png', 'ab.png'],
    ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
    ['line\r\nbreak.txt', 'linebreak.txt'],
    ['stream.txt:hidden', 'stream.txt_hidden'],
    ['a%2f..%2fb.png', 'a_2f.._2fb.png'],
    ['con.txt', '_con.txt'],
    ['LPT1', '_LPT1'],
    ['dots...', 'dots'],
    ['  spaces  ', 'spaces'],
    ['<script>.html', '_script_.html'],
    ['..', 'file'],
    ['/', 'file'],
    ['', 'file'],
    ['\u0000', 'file'],
    ['\ud800.png', '.png'],
  ]
  for (const [sent, safe] of names) {
    it(`makes ${JSON.stringify(safe)} of ${JSON.stringify(sent)}`, () => expect(safeFileName(sent)).to.equal(safe))
  }

  it('shortens a name to 255 bytes, and keeps its extension and characters whole', () => {
    expect(safeFileName(`${'a'.repeat(300)}.jpeg`)).to.equal(`${'a'.repeat(250)}.jpeg`)
    expect(safeFileName(`${'漢'.repeat(300)}.png`)).to.equal(`${'漢'.repeat(83)}.png`)
    expect(safeFileName(`${'a'.repeat(250)} .....jpeg`)).to.equal(`${'a'.repeat(250)}.jpeg`)
  })

  it('takes a time that grows with the length of the name', () => {
    for (const part of [' ', '.', '. ', '\t', 'con ', 'a.']) {
      const begun = process.cpuUsage().user
      safeFileName(`x${part.repeat(200_000 / part.length)}é`)
      expect(process.cpuUsage().user - begun, part).to.be.lessThan(1_000_000)
    }
  })

  it('makes of any text a name with which nothing is wrong, and nothing else of that', () => {
    const part = fc.constantFrom(
      '.',
      ' ',
      '/',
      '\\',
      ':',
      ';',
      '%',
      '2f',
      'con',
      'nul',
      'aux',
      '\u202e',
      '\ud83d',
      '0',
      'é',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.array(part, { maxLength: 200 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (sent) => {
        const safe = safeFileName(sent)
        expect(fileNameProblem(safe)).to.equal(undefined)
        expect(safe).to.not.match(/[/\\]/)
        expect(safeFileName(safe)).to.equal(safe)
      }),
      { numRuns: 500 },
    )
  })
})
