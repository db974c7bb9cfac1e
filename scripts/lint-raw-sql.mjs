// The lint rule `aerie/raw-sql`: no SQL is put together from values. What slips through here is refused
// when it runs (src/platform/database/raw-sql.ts).

const UNSAFE = new Set(['$queryRawUnsafe', '$executeRawUnsafe']);
const TAGS = new Set(['$queryRaw', '$executeRaw']);
/** What takes a text of SQL as its first argument, or in the `text` of an object. */
const TAKES_SQL = new Set([...TAGS, 'query', 'sql', 'select', 'sqlOfLibrary', 'executeSql']);
const BUILDERS = new Set(['concat', 'join', 'replace', 'replaceAll']);
const STATEMENT =
  /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|MERGE INTO|CREATE|ALTER|DROP|TRUNCATE|SET|LOCK|COPY)\s/;
/** A constant of the code, as the names of columns are: nothing of a request gets into it. */
const CONSTANT = /^[A-Z][A-Z\d_]*$/;

const UNSAFE_CALL =
  'is given a text that nobody checks: use a tagged $queryRaw, or Repository.sql()';
const BUILT = 'SQL with values in its text: give them as parameters ($1, or a tagged $queryRaw)';

const nameOf = ({ property }) => property?.name ?? property?.value;
const isConstant = (node) =>
  node.type === 'Literal' || (node.type === 'Identifier' && CONSTANT.test(node.name));

/** Whether a text is made at run time, of more than constants. */
function isBuilt(node) {
  if (node?.type === 'TemplateLiteral') return !node.expressions.every(isConstant);
  if (node?.type === 'BinaryExpression' && node.operator === '+') {
    return [node.left, node.right].some((side) => isBuilt(side) || !isText(side));
  }
  return node?.type === 'CallExpression' && BUILDERS.has(nameOf(node.callee));
}

function isText(node) {
  const isSum = node.type === 'BinaryExpression' || node.type === 'TemplateLiteral';
  return isSum || isConstant(node);
}

/** The text that it begins with. */
function startOf(node) {
  if (node.type === 'BinaryExpression') return startOf(node.left);
  if (node.type === 'TemplateLiteral') return node.quasis[0].value.cooked ?? '';
  return typeof node.value === 'string' ? node.value : '';
}

function textGivenTo({ arguments: [first] }) {
  if (first?.type !== 'ObjectExpression') return first;
  return first.properties.find(({ key }) => key?.name === 'text')?.value;
}

const rawSql = {
  create(context) {
    const found = new Set();
    const refuse = (node) => {
      if (!found.has(node)) context.report({ node, message: BUILT });
      found.add(node);
    };
    const refuseBuiltStatement = (node) => {
      if (isBuilt(node) && STATEMENT.test(startOf(node))) refuse(node);
    };
    return {
      MemberExpression(node) {
        const name = nameOf(node);
        const isRaw = name === 'raw' && node.object.name === 'Prisma';
        if (isRaw || UNSAFE.has(name)) {
          context.report({ node, message: `${name} ${UNSAFE_CALL}` });
        }
      },
      CallExpression(node) {
        const name = nameOf(node.callee);
        const text = TAKES_SQL.has(name) ? textGivenTo(node) : undefined;
        if (text && (isBuilt(text) || TAGS.has(name))) refuse(text);
      },
      TemplateLiteral(node) {
        if (node.parent.type !== 'TaggedTemplateExpression') refuseBuiltStatement(node);
      },
      BinaryExpression: refuseBuiltStatement,
    };
  },
};

export default { meta: { name: 'aerie' }, rules: { 'raw-sql': rawSql } };
