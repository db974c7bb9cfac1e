/** Commands whose names are no everyday words: a separator before them is enough. */
export const plainCommands: ReadonlySet<string> = new Set(
  (
    'adduser agetty ansible ansible-console ansible-doc ansible-galaxy ansible-inventory ansible-playbook ' +
    'ansible-pull ansible-vault apt apt-get aria2c arping attrib awk axel base32 base64 basename bash busybox ' +
    'bzip2 cacls certutil chattr chef-client chef-run chef-solo chgrp chmod chown chroot chsh cmd cmd.exe cobc ' +
    'composer cpan cpio cpulimit crontab csh cscript csvtool curl dash dig dirname dmesg dmsetup dnf doas docker ' +
    'dosbox dpkg du dvips easy_install egrep elvish emacs esearch esentutl exiftool expr facter fdisk fgrep ' +
    'fping ftp gawk gcc gcore gdb gem genie genisoimage getent getfacl ghc gimp ginsh git gnutls-cli gpasswd ' +
    'gpg grep groupadd groups gunzip gzip hexdump hostid hostname hping3 htdigest htop htpasswd iconv icacls ' +
    'id ifconfig ifup iftop ionice iptables ip6tables ipconfig irb ispell java jexec jjs journalctl joe jq ' +
    'julia ksh ksshell kubectl lastlog lastlogin latex ldapsearch ldconfig ldd lftp lftpget loginctl logsave ' +
    'losetup ls lsattr lsb_release lsblk lscpu lshw lsmod lsof lspci lsusb ltrace lua lwp-download lwp-request ' +
    'lynx lynxget lz4 lzma mawk mknod mkdir mkfifo mkfs mlocate mosquitto mshta mtr mv mysql mysqladmin ' +
    'mysqldump nano nasm nawk nc nc.openbsd nc.traditional ncat net netcat netkit-ftp netplan netsh netstat ' +
    'nethogs nft nice nmap nohup node npm nroff nsenter nslookup nstat octave openssl openvpn opkg passwd ' +
    'pdb pdflatex perl perl5 perlbug pg_dump pgrep php php5 php7 php-cgi phpinfo pidstat pico pip pip3 pkexec ' +
    'pkill popd powershell powershell.exe printenv printf ps psexec psftp psql ptx puppet pushd pwd pwsh python ' +
    'python2 python3 rake readelf readlink realpath reg.exe regedit regsvr32 rlogin rm rmdir rmt rpm rpmdb ' +
    'rpmquery rpmverify rsync rsyslogd ruby rundll32 runscript rview rvim sash sc schtasks scp scrot sed setarch ' +
    'setfacl setsid sftp sh sha1sum sha256sum shuf smbclient smbmap socat sqlite3 ss ssh ssh-agent ssh-keygen ' +
    'ssh-keyscan start-stop-daemon stdbuf strace su sudo sysctl systemctl systeminfo systemd-resolve tac tailf ' +
    'tar taskkill tasklist tasksh tclsh tcpdump tcping tcptraceroute tcsh tee telnet terraform tftp ' +
    'timedatectl tmux tracert traceroute traceroute6 tshark udevadm ufw uname uniq unlink unlzma unset ' +
    'unsquashfs unzip unzstd update-alternatives useradd userdel usermod uudecode uuencode uptime valgrind ' +
    'varnishncsa vi view vigr vim vimdiff vipw virsh volatility vssadmin w3m wevtutil wget whoami wmic wscript ' +
    'xargs xdotool xelatex xetex xmodmap xmore xpad xxd xz yarn zip zless zsh zsoelim zypper 7z 7za ab acpid ' +
    'adb alpine ar as86 ascii-xfr ash aspell aspnet_compiler atobm awk c89 c99 cancel cc clang clang++ g++ ' +
    'capsh chntpw cowsay cowthink cpp csplit cupsfilter datamash dc dd dhclient dialog diff doveadm eb ed efax ' +
    'env ex fish flock fmt fold gdbus gobuster grc head hd ip jrunscript ld.so links2 ln logrotate lp lsmem ' +
    'man mailx msfconsole msgattrib msgcat msgconv msgfilter msgmerge msguniq mutt nl od pax pgsh pr pry ' +
    'readline red restic rc redcarpet rev rtorrent run-mailcap run-parts scanmem service sg smbget sshpass ' +
    'stat tbl tic tty uconv usb vnstat wc whiptail whois write xtables-multi yash ypcat zcat zcmp zdiff zgrep ' +
    'ipcalc iwmi iex gcm gci gwmi invoke-expression invoke-webrequest invoke-wmimethod new-object start-process ' +
    'aptitude apk bcdboot chef snap brew emerge pacman portsnap flatpak dnf5 zypper logman nslookup wbadmin ' +
    'netdom dsquery dsget csvde auditpol cipher manage-bde certmgr sfc dism tpmtool whoami klist setspn ' +
    'accesschk addinutil appvlp assoc atbroker bcdedit bginfo bootcfg cdb certoc certreq chcp chkdsk cmdkey ' +
    'cmdl32 cmstp colorcpl conhost csc diantz diskpart diskshadow dnscmd doskey dotnet driverquery endlocal ' +
    'eventvwr extexport extrac32 findstr fltmc forfiles fsutil ftype gpresult gpupdate gpscript hh ie4uinit ' +
    'ieexec ilasm installutil jsc ldifde makecab mavinject mftrace mklink mmc mpcmdrun msbuild msconfig ' +
    'msdeploy msdt nbtstat ngen ntdsutil odbcconf openfiles pathping pcalua pcwrun pktmon pnputil procdump ' +
    'psr rasautou rcsi regasm regini regsvcs robocopy rpcping runonce scriptrunner setlocal setx sqldumper ' +
    'sqlps subst takeown tttracer typeperf unregmp2 vbc verclsid w32tm wecutil wevtutil winget winrm winrs ' +
    'wlrmdr wsl wsreset wuauclt xcopy xwizard uname lsattr mkpasswd mapfile readarray ulimit umask shopt ' +
    'compgen getconf getopts hwclock insmod modprobe ipcs isql ldapadd ldapmodify lspath lynx mkswap mysqlshow ' +
    'ncftp newgrp nsupdate openrc pamd pgbench pinfo pkginfo podman pwck rclone rcp rexec rsh runuser skill ' +
    'slocate snmpwalk sqlplus strings swapon swapoff tcsh tmutil trickle uudecode visudo wall watchman wodim ' +
    'xclip xsel zipinfo crashpad ghostscript gs gtester gv hping iptables-save knife ksu lwp-mirror makewhatis ' +
    'addpart addr2line apropos apt-cache arp b2sum badblocks basenc blkid blockdev bunzip2 busctl bzcat bzgrep ' +
    'bzless bzmore chage chcon chfn chgpasswd chpasswd cksum cmp delpart diff3 dircolors dnsdomainname dpkg-query ' +
    'dumpe2fs e2fsck faillog fallocate findfs findmnt fsck fstrim fuser getopt gprof groupdel groupmod grpck gzexe ' +
    'hostnamectl ipcmk ipcrm ischroot lastb ldattach lesspipe localectl lsipc lslocks lslogins lsns md5sum mesg ' +
    'mii-tool mkfs.ext4 mktemp mountpoint namei networkctl newusers nologin nproc objcopy objdump pidwait pmap ' +
    'prlimit pstree pwdx ranlib rbash renice resize2fs runcon sdiff seq setpriv setterm sha224sum sha384sum ' +
    'sha512sum shred slabtop slogin ssh-add ssh-copy-id stty swaplabel sysv-rc-conf systemd-run taskset tempfile ' +
    'timedatectl tsort tune2fs uncompress unshare unxz utmpdump vdir vmstat wipefs xzcat xzgrep xzless zcmp zegrep ' +
    'zfgrep zipgrep zmore znew chdir chkntfs cls eventcreate getmac lodctr mountvol msinfo32 perfmon rasdial ' +
    'relog runas secedit tracerpt diskcomp diskcopy aws gcloud helm psql initctl ipset nmcli dmidecode dstat ' +
    'get-childitem get-content get-process bitsadmin msiexec wusa ver vol nltest net1 qprocess quser ping6 ping4'
  ).split(' '),
);

/** Commands that are everyday words as well: they need an argument in a command's form. */
export const wordCommands: ReadonlySet<string> = new Set(
  (
    'alias arch at bash batch bridge builtin bundle bundler cat case cc cd certbot check cc column comm command ' +
    'compress cp copy crash cut date del df dir dos echo edit erase eval exec export expand factor false fetch ' +
    'ffmpeg file find finger free function ghci hash head help history host hup info install ip jobs join kill ' +
    'killall last less let link local locate login logname look mail make more most mount move msg nl nice nm ' +
    'open parallel patch perms ping pip pkg pkginfo print rake reboot ren rename replace reset rev rpm screen ' +
    'script sed set shutdown slsh sleep snap sort source split start stat strings tail task test tex time timeout ' +
    'tmate top touch tr trap tree true type umount unalias unexpand users vol volume watch whatis where whereis ' +
    'which while who who write xterm yum zip for if do nc as w tail kill pr reg route ascii systeminfo pg rg ' +
    'paste pwd env id ls ps su sc sh id man red eb ed ex vi ss net node head write links2 zip view service dialog ' +
    'path format query title pause mode color rem assoc call recover sync size strip logger link base compact convert'
  ).split(' '),
);
