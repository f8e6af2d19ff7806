import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import * as plinth from 'plinth'
import { exceptionCodes } from 'plinth'
import { errorsPage } from '../support/errors-page.js'
import { root, sourcesIn, withoutComments } from '../support/sources.js'

describe('Codes of errors', () => {
  it('are all in the documentation, as the tables in the source say', () => {
    const file = join(root, 'docs/errors.md')
    if (process.env['PLINTH_WRITE_DOCS'] === '1') writeFileSync(file, errorsPage())
    expect(readFileSync(file, 'utf8')).to.equal(errorsPage())
  })

  it('are in the table wherever the framework throws an exception with one', () => {
    const used = sourcesIn('src', 'decorators', 'container').flatMap(({ text }) =>
      [...withoutComments(text).matchAll(/\berrorCode(?:: string)?(?: =|:) '([A-Z_]+)'/g)].map(([, code]) => code!),
    )
    // Never seen by anybody: it makes the unit of an exchange roll back.
    const inner = ['REFUSED']
    const known = [...Object.keys(exceptionCodes), ...inner].sort()
    expect([...new Set(used)].sort()).to.deep.equal(known)
  })

  it('have the statuses of the classes that carry them by default', () => {
    const classes = Object.values(plinth).filter(
      (value): value is typeof plinth.AppException =>
        typeof value === 'function' &&
        (value === plinth.AppException || value.prototype instanceof plinth.AppException),
    )
    const table: Readonly<Record<string, readonly [number, string]>> = exceptionCodes
    for (const { name, errorCode, statusCode } of classes) {
      expect([name, table[errorCode]?.[0]]).to.deep.equal([name, statusCode])
    }
    expect(classes.length).to.be.greaterThan(8)
  })
})
