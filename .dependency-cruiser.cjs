/** The house has four floors; imports only go down. */
module.exports = {
  forbidden: [
    {
      name: 'platform-knows-nothing-above',
      severity: 'error',
      from: { path: '^src/platform' },
      to: { path: '^src/(edge|features|operations|[^/]+\\.ts$)' },
    },
    {
      name: 'edge-knows-no-feature',
      severity: 'error',
      from: { path: '^src/edge' },
      to: { path: '^src/(features|operations|[^/]+\\.ts$)' },
    },
    {
      name: 'nobody-imports-the-app',
      severity: 'error',
      from: { path: '^src/(features|operations)' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'features-and-operations-are-strangers',
      severity: 'error',
      from: { path: '^src/(features|operations)/' },
      to: { path: '^src/(features|operations)/', pathNot: '^src/$1/' },
    },
    {
      name: 'a-feature-is-used-through-its-service',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: {
        path: '^src/features/[^/]+/',
        pathNot: ['^src/features/$1/', '\\.(service|module|problems|actions|decorators)\\.ts$'],
      },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      // the console serves this one out of node_modules, under a name of its own
      to: { couldNotResolve: true, pathNot: '^\\.\\./vendor/uplot\\.js$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: 'generated' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
    },
  },
};
