import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'template-injection';
const arithmetic = String.raw`\s{0,4}['"]?\d{1,9}['"]?\s{0,4}[*+/-]\s{0,4}['"]?\d{1,9}`;

export const templateRules: readonly Rule[] = [
  {
    id: 'template-arithmetic',
    family,
    score: 8,
    why: 'A sum in template brackets shows the prober whether templates are evaluated.',
    attack: '{{7*7}}',
    innocent: '{{ total }} of {{count}}',
    needs: Sign.digit,
    hints: ['{{', '${', '#{', '*{', '@{', '%{', '~{', '<%', '{%', '@(', '[['],
    match: inText(
      new RegExp(String.raw`(?:\{\{|[$#*@%~]\{|<%=?|\{%|\$\{\{|@\(|\[\[)${arithmetic}`),
    ),
  },
  {
    id: 'template-double-brace-code',
    family,
    score: 5,
    why: 'Calls, dunder names or engine objects in double braces (Jinja, Twig, Angular).',
    attack: "{{ ''.__class__.__mro__ }}",
    innocent: '{{ user.name }}',
    needs: Sign.brace,
    hints: ['{{'],
    match: inText(
      /\{\{[-#/]?\s{0,4}(?:[^{}]{0,60}(?:__|(?:'|")\s{0,2}\.\s?\w|\w\s{0,2}\(\s{0,2}['"\d)]|\|\s{0,3}(?:attr|safe|system|exec|filter|map|join|sort|reduce|format|batch)\b|\bsubclasses\b|\bconstructor\b)|(?:config|self|request|settings|_self|app|dump|joiner|cycler|lipsum|range|url_for|get_flashed_messages|system|constructor|\$on|x\s?=|php|\w{1,20}\.secret\w{0,9}|=\s?(?:\d|global|process|this))\b)/,
    ),
  },
  {
    id: 'template-expression-language',
    family,
    score: 8,
    why: 'Expression languages (SpEL, OGNL, EL, Freemarker) reach classes and commands.',
    attack: '${T(java.lang.Runtime).getRuntime().exec("id")}',
    innocent: '${count} items',
    needs: Sign.letter,
    hints: [
      '${',
      '#{',
      '*{',
      '%{',
      '@{',
      '~{',
      '<#',
      '?new',
      'freemarker',
      '#set',
      '#foreach',
      '#evaluate',
      '#parse',
      '(#',
      'ognl',
      '_memberaccess',
    ],
    match: inText(
      /[$#*%@~]\{\s{0,3}(?:t\s?\(|new\s|@\w|#\w{1,20}\s?[.=[]|\(#|class\b|request\b|session\b|applicationscope|pagecontext|facescontext|''\.|""\.|param\.|header\.|self\.|runtime\b|[^{}\n]{0,60}(?:getclass|getruntime|forname|processbuilder|java\.(?:lang|util|io)|freemarker|@java|memberaccess|\.exec\(|\.spawn\(|ex\s?\())/,
      /<#assign\b|<#(?:list|if|include|import)\s|\?new\(\)/,
      /freemarker\.template|#set\s?\(\s?\$|#(?:foreach|evaluate|parse)\s?\(\s?["'$]/,
      /#\{\s{0,3}(?:\d|request|session|facescontext|`|system|eval|%x|ruby|file\.|io\.|dir\.|kernel|require)/,
      /%\{[#(]|\(#\w{1,30}\s?=\s?[#@'"]|\bognl\b.{0,3}[.:@]|_memberaccess/,
    ),
  },
  {
    id: 'template-nested-interpolation',
    family,
    score: 5,
    why: 'Interpolation that calls a function or nests another.',
    attack: '{${sleep(20)}}',
    innocent: '`${name}`',
    needs: 0,
    anyOf: [
      { hints: ['{${', '${{', '${@'], match: inText(/\{\$\{|\$\{\{|\$\{@/) },
      {
        hints: ['${'],
        match: inText(
          /\$\{\s{0,2}(?:sleep|system|exec|print|phpinfo|passthru|eval|dump|md5|phpversion)\s?\(/,
        ),
      },
      {
        hints: ['{$', '${~', '{php}', '{literal}'],
        match: inText(/\{\$(?:smarty|_\w{2,8})\b|\$\{~|`\{\$|\{php\}|\{literal\}/),
      },
      {
        hints: [
          '{if',
          '{system',
          '{include',
          '{fetch',
          '{passthru',
          '{shell_exec',
          '{exec',
          '{var',
          '{php',
        ],
        match: inText(
          /\{if\s[^{}]{1,60}\}|\{(?:system|include|fetch)\s|\{(?:system|passthru|shell_exec|exec)\s?\(|\{(?:var|php)\s{1,3}(?:\$\w|\w{1,20}\()/,
        ),
      },
      {
        hints: ['${', '.getclass(', '.class.'],
        match: inText(
          /\$\{\s?['"][^'"{}]{0,40}['"]\s?\.\s?\w{1,20}\(|\$\w{1,20}\.(?:getclass\(|class\.)/,
        ),
      },
      { hints: ['[#assign', '[='], match: inText(/\[#assign\b|\[=\s?["'\d(]/) },
    ],
  },
  {
    id: 'template-tag-code',
    family,
    score: 3,
    why: 'Code in <% %> or {% %} tags (ERB, ASP, JSP, Jinja).',
    attack: '<%= system("id") %>',
    innocent: '<%=title%>',
    needs: Sign.percent,
    hints: ['<%', '{%'],
    match: inText(
      /<%[=@!-]?\s{0,4}(?:[\w.]{1,40}\s{0,3}[("'`[*+|]|if\b|for\b|foreach\b|require|import|page\b|[`'"(])/,
      /\{%-?\s{0,4}(?:import|include|extends|debug|set|if|for|macro|block|filter|raw|autoescape|load|php|print|call)\b/,
    ),
  },
];
