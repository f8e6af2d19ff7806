import { isClear, type WrongProgram } from './wrong-programs.js'

const titles: Readonly<Record<string, string>> = {
  actions: 'Actions and permissions',
  'applications-of-traits': 'A trait that is applied several times',
  applications: 'Applications',
  behaviours: 'Metadata, scopes and verbs',
  'create-app': 'createApp',
  lists: 'Filters, search, ordering and pages',
  'log-request': 'Logged requests',
  'model-service': 'Services of an entity',
  'nested-serializers': 'Relations, computed fields and rules of serializers',
  options: 'Options that are misspelt',
  providers: 'The container',
  parents: 'Rows under another in routes',
  'rate-limit': 'Rate limits',
  repositories: 'Repositories and selections',
  'serializer-mixins': 'Mixins of serializers',
  serializers: 'Serializers',
  'service-result': 'Results that are not looked at',
  slugs: 'Slugs',
  traits: 'Traits',
  viewsets: 'Viewsets, mixins and overrides',
}

/** The page of the documentation that shows what does not compile, made from the specs of types. */
export function wrongProgramsPage(programs: readonly WrongProgram[]): string {
  const clear = programs.filter(isClear)
  const files = [...new Set(clear.map(({ file }) => file))]
  return [
    '# Programs that do not compile',
    '',
    'Mistakes are found by the compiler wherever types can see them. Each of these programs is refused with a message of',
    'at most three lines that names the mistake; the specs of types hold more. This page is made from them:',
    '`npm run docs` writes it. What types cannot see is refused [when the application starts](errors.md).',
    '',
    `There are ${clear.length} of them here.`,
    '',
    ...files.flatMap((file) => [
      `## ${titleOf(file)}`,
      '',
      ...clear.filter((program) => program.file === file).flatMap(shown),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function titleOf(file: string): string {
  const name = file.split('/').at(-1)?.replace('.types.ts', '') ?? file
  return titles[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
}

function shown({ mistake, code, message }: WrongProgram): readonly string[] {
  return [`**${mistake}**`, '', '```ts', ...code, '```', '', '```text', ...message.map(cut), '```', '']
}

/** Types of other places are written out in full, which says nothing more here. */
function cut(line: string): string {
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
