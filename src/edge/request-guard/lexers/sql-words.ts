/**
 * One letter per kind of SQL token, so that a statement becomes a short "shape" such as `s&1=1c`
 * and rules are patterns over shapes. Words that are not listed are `w`.
 */
const wordsByKind: Readonly<Record<string, string>> = {
  U: 'union intersect except minus',
  E: 'select selectchar',
  d: 'all distinct distinctrow',
  '&': 'and or xor',
  '!': 'not',
  k: 'like rlike regexp ilike glob is in between sounds similar match collate div mod isnull notnull',
  N: 'null true false unknown',
  F: 'from',
  W: 'where',
  H: 'having',
  L: 'limit offset top',
  I: 'into',
  V: 'values',
  B: 'order group',
  b: 'by',
  A: 'as',
  C: 'case when then else end',
  T: 'insert update delete drop alter create truncate exec execute declare shutdown merge replace grant revoke call handler copy load set begin rename backup restore attach vacuum reindex use',
  t: 'table database schema index view procedure function user login trigger outfile dumpfile infile tablespace',
  D: 'waitfor delay',
  i: 'if',
  v: 'current_user session_user system_user current_database current_schema current_catalog',
};

export const sqlWords: ReadonlyMap<string, string> = new Map(
  Object.entries(wordsByKind).flatMap(([kind, words]) =>
    words.split(' ').map((word) => [word, kind] as const),
  ),
);

/** Functions that injections call and that everyday text does not write directly before a `(`. */
export const sqlFunctions: ReadonlySet<string> = new Set(
  (
    'abs acos adddate addtime aes_decrypt aes_encrypt array_agg ascii asin atan atan2 avg benchmark bin ' +
    'bin_to_num bit_and bit_count bit_length bit_or bit_xor cast ceil ceiling changes char char_length ' +
    'character_length charset chr coalesce coercibility collation compress concat concat_ws connection_id ' +
    'conv convert convert_tz count crc32 current_database current_schema current_setting current_user ' +
    'curtime database database_to_xml date_add date_format date_sub datediff db_id db_name dbms_lock.sleep ' +
    'dbms_pipe.receive_message decode degrees des_decrypt des_encrypt elt encode encrypt exp export_set ' +
    'extractvalue extract field find_in_set floor format found_rows from_base64 from_days from_unixtime ' +
    'generate_series get_format get_lock getdate glob greatest group_concat hex host_name iif ifnull ' +
    'in_arrayset inet_aton inet_ntoa instr is_member is_srvrolemember isnull json_extract json_keys json_value ' +
    'last_insert_id lcase least length likelihood likely ln load_extension load_file localtime localtimestamp ' +
    'locate log10 log2 lower lpad ltrim make_set makedate master_pos_wait max md5 microsecond mid min mod now ' +
    'nullif nvl object_id object_name oct octet_length openquery openrowset opendatasource ord password ' +
    'period_add pg_client_encoding pg_ls_dir pg_read_file pg_sleep pi position pow power printf ' +
    'procedure_analyse quote rand radians randomblob regexp_instr regexp_like regexp_replace regexp_substr ' +
    'release_lock repeat reverse round row row_count row_to_json rpad rtrim schema session_user sha1 sha2 sha ' +
    'sign sleep soundex space sqlite_compileoption_used sqlite_version sqlite_source_id sqrt std stddev str ' +
    'strcmp stuff subdate substr substring substring_index sum suser_name suser_sname sys_context sysdate ' +
    'system_user sys_eval sys_exec to_base64 to_char to_json to_number total_changes trim typeof ucase ' +
    'uncompress unhex unicode unistr unlikely updatexml upper user user_name utl_http.request ' +
    'utl_inaddr.get_host_address uuid uuid_short variance version xmltype xmlagg xmlelement xp_cmdshell ' +
    'xp_dirtree xp_regread zeroblob serverproperty charindex patindex nchar len'
  ).split(' '),
);
